/** One machine's end: a value, or what it failed with. */
export type Settled<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/**
 * Runs `work` for every item, at most `limit` at once, and waits for all of them: one failure never stops the others.
 * Results are in the order of the items.
 */
export async function forEachMachine<I, T>(
  items: readonly I[],
  limit: number,
  work: (item: I) => Promise<T>,
): Promise<readonly Settled<T>[]> {
  const results = new Array<Settled<T>>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const i = next++;
      const item = items[i];
      if (item === undefined) return;
      try {
        results[i] = { ok: true, value: await work(item) };
      } catch (error) {
        results[i] = { ok: false, error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
