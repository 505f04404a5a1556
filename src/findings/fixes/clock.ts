import { clock, readClock, startedMs } from '../../resources/clock.js';
import type { Fix } from './by-resources.js';

/** Sets the clock by what the median of the room shows. Facts tell by how much it is off, its own look when the machine was started. */
export const clockFix: Fix = {
  look: readClock,
  resources: ({ facts, room }, looked) => {
    const offMs = facts.clockOffsetMs - room.clockMs;
    return [clock({ startedMs: startedMs(looked) - Math.round(offMs) })];
  },
};
