import { parted, partOf } from './phase.js';
import type { LoadModel } from './phase.js';

/** Before and behind it, of what the spike is. */
const CALM = 1 / 8;

export const spike: LoadModel = {
  name: 'spike',
  does: 'is small, is as high as asked for a fifth of the time, and is small again',
  usesCpu: true,
  phases: ({ cpuPercent, seconds }) => {
    const [before = 1, peak = 1, after = 1] = parted(seconds, [2, 1, 2]);
    const calm = partOf(cpuPercent, CALM);
    return [
      { seconds: before, cpuPercent: calm },
      { seconds: peak, cpuPercent },
      { seconds: after, cpuPercent: calm },
    ];
  },
};
