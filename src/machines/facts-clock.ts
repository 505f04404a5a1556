/** When the question left and when the answer was here, by this computer's clock, in milliseconds since the epoch. */
export interface RoundTrip {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/**
 * The machine tells its time when it begins and when it ends; in the middle of the two it was the middle of the round trip here. Wrong by
 * at most half the time the network took, 0 when the machine tells no time.
 */
export function clockOffset(clocks: readonly string[], trip: RoundTrip): number {
  const there = machineTime(clocks);
  return there === undefined ? 0 : Math.round(there - (trip.sentAt + trip.receivedAt) / 2);
}

/** The machine's own time in the middle of the look, in milliseconds since the epoch; `undefined` when it told none. */
export function machineTime(clocks: readonly string[]): number | undefined {
  const times = clocks.flatMap((clock) => {
    // Seconds and nanoseconds as one number; a `date` without %N prints the seconds and perhaps the letters.
    const [, seconds, nanos = ''] = /^(\d{10})(\d{9})?/.exec(clock) ?? [];
    return seconds === undefined ? [] : [Number(seconds) * 1000 + Number(nanos.slice(0, 3) || 500)];
  });
  return times.length === 0 ? undefined : times.reduce((sum, time) => sum + time, 0) / times.length;
}
