/** One way from a machine to another, and whether what was tried on it went wrong. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly bad: boolean;
}

/** A machine whose ways are the bad ones: those into it, those out of it. */
export interface Blamed<W extends Way> {
  readonly machine: string;
  readonly direction: 'in' | 'out';
  /** The bad ones that this explains. */
  readonly ways: readonly W[];
}

export interface BlameRules {
  /** Of the ways of a machine in one direction, how large a part must be bad. Default all of them. */
  readonly share?: number;
  /** Of two explanations that explain as much, the one with the lower number. */
  readonly rank: (machine: string, direction: 'in' | 'out') => number;
}

/**
 * Who is to blame: the fewest machines that explain most of what is bad, each by one direction, and the ways that nobody explains. One
 * bad way among several is never blamed on a machine: it takes two, unless nobody else is in the room.
 */
export function blame<W extends Way>(
  ways: readonly W[],
  rules: BlameRules,
): { readonly blamed: readonly Blamed<W>[]; readonly rest: readonly W[] } {
  const machines = [...new Set(ways.flatMap((w) => [w.from, w.to]))];
  const needed = machines.length > 2 ? 2 : 1;
  const blamed: Blamed<W>[] = [];
  let left = ways;
  for (;;) {
    const candidates = machines
      .flatMap((machine) =>
        (['in', 'out'] as const).map((direction) => {
          const own = left.filter((w) => (direction === 'in' ? w.to : w.from) === machine);
          return { machine, direction, own, ways: own.filter((w) => w.bad) };
        }),
      )
      .filter((c) => c.ways.length >= needed && c.ways.length >= (rules.share ?? 1) * c.own.length)
      .sort(
        (a, b) =>
          b.ways.length - a.ways.length ||
          rules.rank(a.machine, a.direction) - rules.rank(b.machine, b.direction),
      );
    const best = candidates[0];
    if (best === undefined) return { blamed, rest: left.filter((w) => w.bad) };
    blamed.push({ machine: best.machine, direction: best.direction, ways: best.ways });
    left = left.filter((w) => !best.own.includes(w));
  }
}
