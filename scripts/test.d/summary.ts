import type { Suite } from './suites.js';
import type { Tally } from './tally.js';

export interface SuiteEnd extends Tally {
  readonly suite: Suite;
  readonly seconds: number;
  /** What failed and why, a text each. */
  readonly failures: readonly string[];
}

/** The end of a run: what failed, a line a suite, and `N passed, N failed` as the last. `more` failed outside of any suite. */
export function summaryText(suites: readonly SuiteEnd[], more: number): string {
  const lines = suites.map(
    ({ suite, passed, failed, seconds }) =>
      `${suite.padEnd(8)} ${column(passed)} passed ${column(failed)} failed ${String(seconds).padStart(6)} s\n`,
  );
  const { passed, failed } = sum(suites);
  const failures = suites.flatMap((suite) => suite.failures.map((failure) => `\nfailed: ${failure}\n`));
  return `${failures.join('')}\n${lines.join('')}\n${passed} passed, ${failed + more} failed\n`;
}

export function sum(tallies: readonly Tally[]): Tally {
  const all = (of: (tally: Tally) => number): number => tallies.reduce((total, t) => total + of(t), 0);
  return { passed: all((t) => t.passed), failed: all((t) => t.failed) };
}

function column(count: number): string {
  return String(count).padStart(5);
}
