import { parted, partOf } from './phase.js';
import type { LoadModel } from './phase.js';

/** Shorter ones would not show: a measurement is of some seconds. */
const SHORTEST_STEP_SECONDS = 5;
const MOST_STEPS = 10;
const FEWEST_STEPS = 3;

export const ramp: LoadModel = {
  name: 'ramp',
  does: 'rises evenly until it is as high as asked at the end',
  usesCpu: true,
  phases: ({ cpuPercent, seconds }) => {
    const fitting = Math.floor(seconds / SHORTEST_STEP_SECONDS);
    const steps = Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, fitting));
    return parted(seconds, Array<number>(steps).fill(1)).map((long, i) => ({
      seconds: long,
      cpuPercent: partOf(cpuPercent, (i + 1) / steps),
    }));
  },
};
