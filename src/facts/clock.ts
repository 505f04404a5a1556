import type { FactLines } from './lines.js';

/** When the question left and when the answer was here, by this computer's clock, in milliseconds since the epoch. */
export interface RoundTrip {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/**
 * The machine tells its time when it begins, and how long it took; in the middle of the look it was the middle of the round trip here.
 * Wrong by at most half the time the network took (and 10 ms, which is how exactly the machine tells), 0 when the machine tells no time.
 */
export function clockOffset(told: ToldTimes, trip: RoundTrip): number {
  const there = machineTime(told);
  return there === undefined ? 0 : Math.round(there - (trip.sentAt + trip.receivedAt) / 2);
}

/** What a machine says of its time: `date +%s%N` when it begins, and the seconds since it started, when it begins and when it ends. */
export interface ToldTimes {
  readonly clock: string;
  readonly uptimes: readonly string[];
}

export function toldTimes(lines: FactLines): ToldTimes {
  return { clock: lines.text('clock'), uptimes: lines.all('uptime') };
}

/** The machine's own time in the middle of the look, in milliseconds since the epoch; `undefined` when it told none. */
export function machineTime({ clock, uptimes }: ToldTimes): number | undefined {
  // Seconds and nanoseconds as one number; a `date` without %N prints the seconds and perhaps the letters.
  const [, seconds, nanos = ''] = /^(\d{10})(\d{9})?/.exec(clock) ?? [];
  if (seconds === undefined) return undefined;
  const began = Number(seconds) * 1000 + Number(nanos.slice(0, 3) || 500);
  const [first, last] = uptimes.map((text) => Number(/^\d{1,12}\.\d\d(?= )/.exec(text)?.[0]) * 1000);
  const took = (last ?? 0) - (first ?? 0);
  return began + (took > 0 ? took / 2 : 0);
}
