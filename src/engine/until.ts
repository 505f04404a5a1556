import type { Clock } from './clock.js';

/**
 * Asks again and again until `look` gives something, or the deadline is over (then `undefined`). Looks at least once, and once more
 * at the deadline. Only looks may be repeated like this, never changes.
 *
 * @throws the signal's reason when aborted; whatever `look` throws.
 */
export async function until<T>(
  look: () => Promise<T | undefined>,
  o: {
    readonly withinMs: number;
    readonly everyMs: number;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): Promise<T | undefined> {
  const deadline = o.clock.now() + o.withinMs;
  for (;;) {
    o.signal.throwIfAborted();
    const seen = await look();
    if (seen !== undefined) return seen;
    const left = deadline - o.clock.now();
    if (left <= 0) return undefined;
    await o.clock.sleep(Math.min(o.everyMs, left), o.signal);
  }
}
