// Of a run: how many tests passed, failed, were skipped and were left out, by SIG.
import type { Outcome, RunReport, TestResult } from './report.js';

export interface NetworkRun {
  readonly network: string;
  /** Such as `v1.36.3`. */
  readonly kubernetes: string;
  readonly machines: number;
  /** Of the tests alone. */
  readonly seconds: number;
  readonly report: RunReport;
}

export type Counts = Readonly<Record<Outcome, number>>;

export interface Row extends Counts {
  readonly sig: string;
}

/** In the order of the names. */
export function bySig(tests: readonly TestResult[]): readonly Row[] {
  const sigs = [...new Set(tests.map((test) => test.sig))].sort();
  return sigs.map((sig) => ({ sig, ...count(tests.filter((test) => test.sig === sig)) }));
}

export function count(tests: readonly TestResult[]): Counts {
  const of = (outcome: Outcome): number => tests.filter((test) => test.outcome === outcome).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped'), 'left-out': of('left-out') };
}

/** Whether nothing failed, in the tests or beside them, and some passed. */
export function isGood({ report }: NetworkRun): boolean {
  const { passed, failed } = count(report.tests);
  return failed === 0 && report.faults.length === 0 && passed > 0;
}
