/** What a suite, or a part of one, came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

export interface ReportTally extends Tally {
  /** What was left out, one line each. */
  readonly skipped: readonly string[];
}

/** What is read of vitest's JSON report. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    /** Of a file that could not be read or set up. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

export interface Ran {
  /** Undefined: there is none. */
  readonly report: string | undefined;
  readonly exitCode: number;
  /** In CI nothing may be left out. */
  readonly inCi: boolean;
}

/**
 * Counts a run of vitest from its report and its exit code. A file that could not be read or set up, or whose clean-up failed, is one
 * that failed; so is a run without a report or without tests, and an error outside of any test.
 */
export function tallyOf({ report, exitCode, inCi }: Ran): ReportTally {
  const files = filesIn(report);
  const tests = files.flatMap((file) => file.assertionResults.map((t) => ({ ...t, file: file.name })));
  const passed = tests.filter((t) => t.status === 'passed').length;
  const left = tests.filter((t) => t.status !== 'passed' && t.status !== 'failed');
  const broken = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((t) => t.status === 'failed'),
  );
  const failed = tests.filter((t) => t.status === 'failed').length + broken.length + (inCi ? left.length : 0);
  return {
    passed,
    failed: failed === 0 && (exitCode !== 0 || tests.length === 0) ? 1 : failed,
    skipped: left.map((t) => `${t.file}: ${t.fullName}`),
  };
}

/** The files of a report; none of one that is not there or was cut off. */
export function filesIn(report: string | undefined): Report['testResults'] {
  if (report === undefined) return [];
  try {
    return (JSON.parse(report) as Report).testResults;
  } catch {
    // One that was cut off.
    return [];
  }
}
