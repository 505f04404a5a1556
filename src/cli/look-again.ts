import { systemClock } from '../engine/clock.js';

/** What is done again and again while somebody watches. */
export interface Again<T> {
  readonly look: () => Promise<T>;
  /** From the beginning of one look to that of the next; a look that takes longer is followed by the next at once. */
  readonly intervalMs: number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Where it is shown: when that is closed, nobody reads any more. */
  readonly reader: Pick<NodeJS.WriteStream, 'once' | 'off'>;
}

/**
 * Waits, looks and shows, until Ctrl-C, or until nobody reads any more (`kmon … | head`). A look that is under way then is not waited for. Rejects with
 * what a look rejects with.
 */
export async function again<T>(
  { look, intervalMs, signal, reader }: Again<T>,
  show: (seen: T) => void,
): Promise<void> {
  const unread = new AbortController();
  const stopped = (): void => {
    unread.abort();
  };
  const either = AbortSignal.any([signal, unread.signal]);
  const over = new Promise<'over'>((resolve) => {
    either.addEventListener('abort', () => {
      resolve('over');
    });
  });
  reader.once('error', stopped);
  try {
    let wait = intervalMs;
    for (;;) {
      // Woken by the signal, it rejects.
      await systemClock.sleep(wait, either).catch(() => undefined);
      if (either.aborted) return;
      const began = performance.now();
      const seen = await Promise.race([look().then((value) => ({ value })), over]);
      if (seen === 'over') return;
      show(seen.value);
      wait = Math.max(0, intervalMs - (performance.now() - began));
    }
  } finally {
    reader.off('error', stopped);
  }
}
