import { planFor } from '../../engine/plan.js';
import { INIT_PARENT } from '../../stages/index.js';
import { runPlan } from '../app.js';
import type { CommonOptions } from '../flags.js';
import type { Io } from '../io.js';

/** `kmon init-parent` */
export function initParent(io: Io, options: CommonOptions): Promise<number> {
  return runPlan(io, 'init-parent', options, ({ config }) =>
    planFor('init-parent', config.room, INIT_PARENT, [config.room.parent]),
  );
}
