/** Moments of one child's load, in milliseconds of one clock. */
export interface LoadMoments {
  /** When that time began of which the values before the load are. */
  readonly before: number;
  readonly begins: number;
  readonly ends: number;
  /** When the values after it were seen. */
  readonly after: number;
}

/** All of them; `undefined` where one has not come. */
export function completeMoments(moments: Partial<LoadMoments>): LoadMoments | undefined {
  const { before, begins, ends, after } = moments;
  if (before === undefined || begins === undefined || ends === undefined || after === undefined)
    return undefined;
  return { before, begins, ends, after };
}

/** A stretch of time that Grafana marks in its dashboards. */
export interface StressMark {
  readonly part: StressPart;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Each part has a mark of its own, so that each has its colour. */
export const STRESS_PARTS = ['before', 'load', 'after'] as const;
export type StressPart = (typeof STRESS_PARTS)[number];

/** By what the dashboard finds the marks of a part. */
export function tagsOf(part: StressPart): readonly string[] {
  return ['kmon', 'stress', part];
}

/** Shorter is no stretch that could be seen. */
const SHORTEST_MS = 1000;

/**
 * One mark a part for the whole room: from the first child to the last, since they begin and end nearly together. A part that nobody has seen
 * anything of is missing.
 *
 * @param load in words: "80 % CPU for 60 s"
 */
export function stressMarks(
  children: readonly { readonly machine: string; readonly moments: LoadMoments }[],
  load: string,
): readonly StressMark[] {
  if (children.length === 0) return [];
  const first = (of: keyof LoadMoments): number => Math.min(...children.map(({ moments }) => moments[of]));
  const last = (of: keyof LoadMoments): number => Math.max(...children.map(({ moments }) => moments[of]));
  const what = `${load} on ${children.map((c) => c.machine).join(', ')}`;
  const all = [
    { part: 'before', from: first('before'), to: first('begins'), text: `before the load: ${what}` },
    { part: 'load', from: first('begins'), to: last('ends'), text: `kmon stress: ${what}` },
    { part: 'after', from: last('ends'), to: last('after'), text: `after the load: ${what}` },
  ] as const;
  return all.filter(({ from, to }) => to - from >= SHORTEST_MS);
}
