/** What `scripts/test` runs, by name, in the order in which all of them run. */
export const SUITES = ['lint', 'types', 'unit', 'room', 'cluster'] as const;
/** What runs only when it is named: what it takes is large, and cannot be had everywhere. */
export const BY_NAME = ['windows', 'newest'] as const;
export type Suite = (typeof SUITES | typeof BY_NAME)[number];

/** Minutes until a suite that hangs is ended, its set-up included. */
export const MINUTES: Readonly<Record<Suite, number>> = {
  lint: 10,
  types: 8,
  unit: 12,
  room: 25,
  cluster: 75,
  windows: 12,
  newest: 15,
};

/** Minutes until a whole run in CI is ended. */
export const ALL_MINUTES = 86;

/** They start real servers and make users, networks or containers. */
export const NEED_ROOT: readonly Suite[] = ['room', 'cluster', 'windows'];

/**
 * The suites that a command line names; all of them but those that run by name alone when it names none.
 *
 * @throws Error naming the first that there is not.
 */
export function suitesNamed(names: readonly string[]): readonly Suite[] {
  if (names.length === 0) return SUITES;
  return names.map((name) => {
    const suite = [...SUITES, ...BY_NAME].find((s) => s === name);
    if (suite === undefined) throw new Error(`there is no suite '${name}'`);
    return suite;
  });
}

/**
 * Whether `room` comes after suites beside which its labs may run. Not after cluster: two clusters leave nothing of the computer to machines
 * that measure how fast they answer.
 */
export function labsMayBegin(suites: readonly Suite[]): boolean {
  const room = suites.indexOf('room');
  return room > 0 && !suites.slice(0, room).includes('cluster');
}

/** When a suite has to have ended, in milliseconds since the run began. */
export function deadlineOf(suite: Suite, nowMs: number, inCi: boolean): number {
  const own = nowMs + MINUTES[suite] * 60_000;
  return inCi ? Math.min(own, ALL_MINUTES * 60_000) : own;
}
