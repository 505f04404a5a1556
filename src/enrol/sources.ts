/**
 * What was wrong by address: words, and registrations that were turned away, which somebody without a word may send again and again. A word has too
 * many bits to be guessed here: this keeps the log and the processor free.
 */
export interface Sources {
  isRefused(source: string): boolean;
  countWrong(source: string, what: 'word' | 'name'): void;
}

/** So many wrong words of one address, and it has to wait. A student types wrong too. */
export const WRONG_WORDS = 5;
/** So many names that cannot be taken: who looks for a free one tries several. */
export const WRONG_NAMES = 20;
export const WAIT_MS = 60_000;
/** Of how many addresses this is remembered. */
const MOST_SOURCES = 1000;

export function sources(nowMs: () => number): Sources {
  const wrong = new Map<string, { readonly times: number; readonly lastMs: number }>();
  const known = (source: string): number => {
    const seen = wrong.get(source);
    return seen === undefined || nowMs() - seen.lastMs > WAIT_MS ? 0 : seen.times;
  };
  return {
    isRefused: (source) => known(source) >= WRONG_WORDS,
    countWrong(source, what) {
      const times = known(source) + (what === 'word' ? 1 : WRONG_WORDS / WRONG_NAMES);
      // Put in anew, so that the first of them is always the one that was heard of least lately.
      wrong.delete(source);
      wrong.set(source, { times, lastMs: nowMs() });
      const [oldest] = wrong.keys();
      if (wrong.size > MOST_SOURCES && oldest !== undefined) wrong.delete(oldest);
    },
  };
}
