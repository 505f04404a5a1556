// Ratios of two runs in the same round, where both saw the same computer, and what is told of them.

/** Of several ratios: the middle one and both ends. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

/** @throws RangeError when there is none */
export function spreadOf(ratios: readonly number[]): Spread {
  const sorted = ratios.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (least === undefined || most === undefined || low === undefined || high === undefined)
    throw new RangeError('no ratios');
  return { median: (low + high) / 2, least, most, rounds: sorted.length };
}

/** `1.02 (0.98..1.10 in 3 rounds)`; a single round has no spread. */
export function spreadText({ median, least, most, rounds }: Spread): string {
  const [middle, from, to] = [median, least, most].map((n) => n.toFixed(2));
  return rounds === 1
    ? `${String(middle)} (1 round)`
    : `${String(middle)} (${String(from)}..${String(to)} in ${rounds} rounds)`;
}

/** Lines of `name  spread`, in columns. */
export function spreadLines(rows: readonly (readonly [name: string, spread: Spread])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, spread]) => `${name.padEnd(width)}  ${spreadText(spread)}\n`).join('');
}
