import { parted } from './phase.js';
import type { LoadModel } from './phase.js';

/** Of what is available before. */
const PERCENTS = [20, 40, 60];

export const memory: LoadModel = {
  name: 'memory',
  does: 'fills memory in three steps, up to 60 % of what is available, and holds it',
  usesCpu: false,
  phases: ({ seconds }) =>
    parted(
      seconds,
      PERCENTS.map(() => 1),
    ).map((long, i) => ({ seconds: long, memory: { percent: PERCENTS[i] ?? 0 } })),
};
