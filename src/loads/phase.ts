/** How much of something: a part of what may be taken of it on each machine, or so many bytes on every one. */
export type Amount = { readonly percent: number } | { readonly bytes: number };

/** A stretch of a load in which it stays the same. What is absent is left alone; a phase that asks for nothing is a rest. */
export interface Phase {
  readonly seconds: number;
  /** Of all processors together, 1 to 100. */
  readonly cpuPercent?: number;
  /** A percentage is of what is available before the load begins. */
  readonly memory?: Amount;
  /** The size of the file that is written and read again and again. A percentage is of what is free beside what nobody may take. */
  readonly disk?: Amount;
}

/** What is asked on the command line. */
export interface Target {
  readonly cpuPercent: number;
  readonly seconds: number;
}

/** A course that a load takes, known by a word. */
export interface LoadModel {
  readonly name: string;
  /** Completes "a load that …", for the help and the documentation. */
  readonly does: string;
  /** Whether `cpuPercent` of the target says anything to it. */
  readonly usesCpu: boolean;
  /** Never empty; the seconds of all phases together are those of the target. Pure. */
  phases(target: Target): readonly Phase[];
}

/** The longest load there is, in seconds. */
export const LONGEST_SECONDS = 3600;

/** The shortest: less shows nowhere. */
export const SHORTEST_SECONDS = 5;

export function secondsOf(phases: readonly { readonly seconds: number }[]): number {
  return phases.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Whole seconds, parted by weight: none is less than one, and together they are all of them. @param seconds at least as many as there are weights */
export function parted(seconds: number, weights: readonly number[]): readonly number[] {
  const whole = weights.reduce((sum, w) => sum + w, 0);
  // Each has its second first; what is left is parted by where each part ends, so that no rounding is lost.
  const spare = seconds - weights.length;
  let before = 0;
  return weights.map((weight) => {
    const from = Math.round((spare * before) / whole);
    before += weight;
    return 1 + Math.round((spare * before) / whole) - from;
  });
}

/** A part of a percentage, never less than one. */
export function partOf(percent: number, part: number): number {
  return Math.max(1, Math.round(percent * part));
}
