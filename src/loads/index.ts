import { constant } from './constant.js';
import { disk } from './disk.js';
import { memory } from './memory.js';
import { mixed } from './mixed.js';
import type { LoadModel } from './phase.js';
import { ramp } from './ramp.js';
import { spike } from './spike.js';
import { steps } from './steps.js';

/** Every model, in the order in which they are told; the first is taken where none is named. */
export const MODELS: readonly LoadModel[] = [constant, ramp, steps, spike, memory, disk, mixed];

export const STANDARD_MODEL = constant;
