/** Chances that a seed gives again. */
export interface Random {
  /** A whole number from 0 to `below - 1`. */
  whole(below: number): number;
  chance(of: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Some of them, in a random order; at least one. */
  some<T>(from: readonly T[], most: number): readonly T[];
}

/** Mulberry32: small, and the same everywhere. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number): number => Math.floor(next() * below);
  const pick = <T>(from: readonly T[]): T => {
    const one = from[whole(from.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };
  return {
    whole,
    pick,
    chance: (of) => next() < of,
    some: (from, most) => Array.from({ length: 1 + whole(most) }, () => pick(from)),
  };
}
