import { parted, partOf } from './phase.js';
import type { LoadModel } from './phase.js';

const LEVELS = [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3];

export const steps: LoadModel = {
  name: 'steps',
  does: 'goes up in three steps, and down again',
  usesCpu: true,
  phases: ({ cpuPercent, seconds }) =>
    parted(
      seconds,
      LEVELS.map(() => 1),
    ).map((long, i) => ({ seconds: long, cpuPercent: partOf(cpuPercent, LEVELS[i] ?? 1) })),
};
