import type { Plan } from '../engine/plan.js';
import type { AnyWork } from '../engine/stage.js';
import { openRelay } from './machine/relay.js';
import { closeRelay } from './machine/relay-close.js';
import { relayImages } from './machine/relay-images.js';

const RELAYING: readonly AnyWork[] = [openRelay, relayImages, closeRelay];

/** The plan of a room in which every machine fetches for itself, or nothing. */
export function withoutRelay(plan: Plan): Plan {
  return { ...plan, stages: plan.stages.filter((s) => !RELAYING.includes(s)) };
}
