// The report that ginkgo writes of a run, as far as it is told.
import { readFileSync } from 'node:fs';
import { whyLeftOut } from './selection.js';
import type { Selection } from './selection.js';

/** `left-out`: a test of the same kind that was not even begun. */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'left-out';

export interface TestResult {
  /** Such as `[sig-network] DNS should provide DNS for the cluster [Conformance]`. */
  readonly name: string;
  /** Such as `sig-network`. */
  readonly sig: string;
  readonly outcome: Outcome;
  readonly seconds: number;
  /** The first line of what the test says of itself; of one that passed nothing. */
  readonly reason?: string;
}

export interface RunReport {
  readonly tests: readonly TestResult[];
  /** What went wrong beside the tests: before the first of them, after the last. */
  readonly faults: readonly string[];
}

/** What is read of ginkgo's `types.Report`. */
interface Suite {
  readonly SuiteSucceeded: boolean;
  readonly SpecialSuiteFailureReasons?: readonly string[] | null;
  readonly PreRunStats: { readonly SpecsThatWillRun: number };
  readonly SpecReports?: readonly Spec[] | null;
}

interface Spec {
  readonly ContainerHierarchyTexts?: readonly string[] | null;
  readonly ContainerHierarchyLabels?: readonly (readonly string[] | null)[] | null;
  readonly LeafNodeType: string;
  readonly LeafNodeText: string;
  readonly LeafNodeLabels?: readonly string[] | null;
  readonly State: string;
  /** Nanoseconds. */
  readonly RunTime: number;
  readonly Failure?: { readonly Message: string };
}

/** @throws Error when the file is no report */
export function readReport(file: string, selection: Selection): RunReport {
  const suites = JSON.parse(readFileSync(file, 'utf8')) as readonly Suite[];
  const specs = suites.flatMap((suite) => suite.SpecReports ?? []);
  const tests = specs.flatMap((spec) => {
    const result = spec.LeafNodeType === 'It' ? resultOf(spec, selection) : undefined;
    return result === undefined ? [] : [result];
  });
  const faults = [
    ...suites.flatMap((suite) => suite.SpecialSuiteFailureReasons ?? []),
    ...specs
      .filter((spec) => spec.LeafNodeType !== 'It' && !['passed', 'skipped'].includes(spec.State))
      .map((spec) => `${spec.LeafNodeType}: ${firstLine(spec.Failure?.Message ?? spec.State)}`),
  ];
  const begun = tests.filter((test) => test.outcome !== 'left-out').length;
  const chosen = suites.reduce((sum, suite) => sum + suite.PreRunStats.SpecsThatWillRun, 0);
  if (chosen === 0) faults.push('no test has such a name');
  if (begun < chosen) faults.push(`${chosen - begun} of ${chosen} tests were not begun`);
  // Nothing that ginkgo calls a failure may end as a success.
  const failed = tests.some((test) => test.outcome === 'failed');
  if (suites.some((suite) => !suite.SuiteSucceeded) && !failed && faults.length === 0)
    faults.push('the run as a whole failed');
  return { tests, faults };
}

function resultOf(spec: Spec, selection: Selection): TestResult | undefined {
  const name = [...(spec.ContainerHierarchyTexts ?? []), spec.LeafNodeText].filter(Boolean).join(' ');
  const labels = [
    ...(spec.ContainerHierarchyLabels ?? []).flatMap((l) => l ?? []),
    ...(spec.LeafNodeLabels ?? []),
  ];
  const result = (outcome: Outcome, reason?: string): TestResult => ({
    name,
    sig: labels.find((label) => label.startsWith('sig-')) ?? 'none',
    outcome,
    seconds: Math.round(spec.RunTime / 1e8) / 10,
    ...(reason === undefined ? {} : { reason }),
  });
  if (spec.State === 'passed') return result('passed');
  const message = spec.Failure?.Message;
  if (!['skipped', 'pending'].includes(spec.State)) return result('failed', firstLine(message ?? spec.State));
  // A test that skips itself says why; one that was not chosen says nothing.
  if (message !== undefined && message !== '') return result('skipped', firstLine(message));
  const why = whyLeftOut(selection, labels);
  return why === undefined ? undefined : result('left-out', why);
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
