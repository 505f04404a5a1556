// What came of the tests, as Markdown or JSON.
import type { Outcome, TestResult } from './report.js';
import { bySig, count } from './summary.js';
import type { NetworkRun } from './summary.js';

export function asJson(title: string, runs: readonly NetworkRun[]): string {
  const told = runs.map(({ report, ...run }) => ({
    ...run,
    ...count(report.tests),
    sigs: bySig(report.tests),
    ...report,
  }));
  return `${JSON.stringify({ tests: title, runs: told }, undefined, 2)}\n`;
}

const HEAD = ['Network', 'SIG', 'Passed', 'Failed', 'Skipped', 'Left out'];
const COUNTED: readonly Outcome[] = ['passed', 'failed', 'skipped', 'left-out'];

/** The table, and below it by name what did not pass. */
export function asMarkdown(title: string, runs: readonly NetworkRun[]): string {
  const rows = runs.flatMap(({ network, report }) =>
    bySig(report.tests).map((row) => [network, row.sig, ...COUNTED.map((outcome) => String(row[outcome]))]),
  );
  const widths = HEAD.map((_, i) => Math.max(3, ...[HEAD, ...rows].map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [
    ...runs.map((run) => `${told(title, run)}\n`),
    [line(HEAD), rule, ...rows.map(line), ''].join('\n'),
    ...runs.flatMap(notPassed),
  ].join('\n');
}

function told(title: string, { kubernetes, network, machines, seconds, report }: NetworkRun): string {
  const { passed, failed, skipped } = count(report.tests);
  return `Kubernetes ${kubernetes}, network ${network}, ${machines} machines: ${passed + failed + skipped} tests of ${title} in ${seconds} s`;
}

function notPassed({ network, report }: NetworkRun): readonly string[] {
  const of = (outcome: Outcome): readonly TestResult[] =>
    report.tests.filter((test) => test.outcome === outcome);
  const list = (head: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [`${head} (${network}):\n\n${lines.map((l) => `- ${l}\n`).join('')}`];
  const named = ({ name, reason }: TestResult): string => `${name}: ${reason ?? ''}`;
  return [
    ...list('Faults beside the tests', report.faults),
    ...list('Failed', of('failed').map(named)),
    ...list('Skipped', of('skipped').map(named)),
    ...list('Left out', reasons(of('left-out'))),
  ];
}

/** Those of one reason are told by their number: they are many. */
function reasons(tests: readonly TestResult[]): readonly string[] {
  const all = [...new Set(tests.map((test) => test.reason ?? ''))].sort();
  return all.map((reason) => `${tests.filter((test) => test.reason === reason).length}: ${reason}`);
}
