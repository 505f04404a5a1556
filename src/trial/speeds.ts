import type { SpeedTrial } from './network-proof.js';

/** Below this a class waits for images: 300 MB take four minutes. */
export const SLOW_BITS_PER_SECOND = 10_000_000;

/** So much slower than the others is worth a second look, however fast the room is. */
const WELL_BELOW = 5;

/** More than these would keep the class waiting; when more look slow, it is the room. */
const AT_MOST = 3;

/**
 * The children that look slow while all are measured at once, the slowest first: below the threshold, or well below the room's middle.
 * Only these are worth a measurement of their own.
 */
export function suspects(together: readonly SpeedTrial[], parent: string): readonly string[] {
  const worst = new Map<string, number>();
  for (const { from, to, bitsPerSecond } of together) {
    const child = from === parent ? to : from;
    worst.set(child, Math.min(worst.get(child) ?? Infinity, bitsPerSecond));
  }
  const limit = Math.max(SLOW_BITS_PER_SECOND, median([...worst.values()]) / WELL_BELOW);
  return [...worst]
    .filter(([, rate]) => rate < limit)
    .sort(([, a], [, b]) => a - b)
    .slice(0, AT_MOST)
    .map(([child]) => child);
}

/** The middle one, the lower of two; 0 when there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
