import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readReport } from '../../../scripts/conformance.d/report.js';
import type { RunReport } from '../../../scripts/conformance.d/report.js';
import { ALL, focused, ginkgoArgs, SIG_NETWORK } from '../../../scripts/conformance.d/selection.js';
import { settings } from '../../../scripts/conformance.d/settings.js';
import { asJson, asMarkdown } from '../../../scripts/conformance.d/show.js';
import { isGood } from '../../../scripts/conformance.d/summary.js';

const folder = mkdtempSync(join(tmpdir(), 'kmon-conformance-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** As ginkgo writes one. */
function spec(text: string, labels: readonly string[], state: string, message?: string): unknown {
  const names = labels.filter((label) => !label.startsWith('sig-'));
  return {
    ContainerHierarchyTexts: [`[${labels[0] ?? ''}] DNS`],
    ContainerHierarchyLabels: [labels.slice(0, 1)],
    LeafNodeType: 'It',
    LeafNodeText: [text, ...names.map((label) => `[${label}]`)].join(' '),
    LeafNodeLabels: names,
    State: state,
    RunTime: state === 'skipped' ? 0 : 4_260_000_000,
    ...(message === undefined ? {} : { Failure: { Message: message } }),
  };
}

const NETWORK = ['sig-network', 'Conformance'];
const SPECS = [
  { LeafNodeType: 'SynchronizedBeforeSuite', LeafNodeText: '', State: 'passed', RunTime: 1 },
  spec('answers', NETWORK, 'passed'),
  spec('forgets', NETWORK, 'failed', 'no answer after 5m0s\n    at dns.go:7'),
  spec('breaks', NETWORK, 'panicked', 'Test Panicked'),
  spec('needs two', NETWORK, 'skipped', 'The test requires at least two ready nodes'),
  spec('has it alone', [...NETWORK, 'Serial'], 'skipped'),
  spec('of another kind', ['sig-network'], 'skipped'),
  spec('of another group', ['sig-node', 'Conformance'], 'skipped'),
];

function read(specs: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): RunReport {
  const file = join(folder, 'report.json');
  const suite = {
    SuiteSucceeded: false,
    PreRunStats: { TotalSpecs: 7, SpecsThatWillRun: 4 },
    SpecReports: specs,
    ...more,
  };
  writeFileSync(file, JSON.stringify([suite]));
  return readReport(file, SIG_NETWORK);
}

test('tells of every chosen test what became of it, and of the others of its kind why they were not chosen', () => {
  expect(read(SPECS)).toEqual({
    faults: [],
    tests: [
      {
        name: '[sig-network] DNS answers [Conformance]',
        sig: 'sig-network',
        outcome: 'passed',
        seconds: 4.3,
      },
      {
        name: '[sig-network] DNS forgets [Conformance]',
        sig: 'sig-network',
        outcome: 'failed',
        seconds: 4.3,
        reason: 'no answer after 5m0s',
      },
      {
        name: '[sig-network] DNS breaks [Conformance]',
        sig: 'sig-network',
        outcome: 'failed',
        seconds: 4.3,
        reason: 'Test Panicked',
      },
      {
        name: '[sig-network] DNS needs two [Conformance]',
        sig: 'sig-network',
        outcome: 'skipped',
        seconds: 0,
        reason: 'The test requires at least two ready nodes',
      },
      {
        name: '[sig-network] DNS has it alone [Conformance] [Serial]',
        sig: 'sig-network',
        outcome: 'left-out',
        seconds: 0,
        reason: '[Serial] has the whole cluster to itself',
      },
    ],
  });
});

test('takes no run for a success that did not come to its end', () => {
  const passed = [spec('answers', NETWORK, 'passed'), spec('waits', NETWORK, 'skipped')];
  const will = (n: number) => ({ PreRunStats: { TotalSpecs: 2, SpecsThatWillRun: n } });
  expect(read(passed, will(2)).faults).toEqual(['1 of 2 tests were not begun']);
  expect(read(passed, will(1)).faults).toEqual(['the run as a whole failed']);
  expect(read(passed, { ...will(1), SuiteSucceeded: true }).faults).toEqual([]);
  expect(read(passed, { ...will(1), SpecialSuiteFailureReasons: ['Suite Timeout Elapsed'] }).faults).toEqual([
    'Suite Timeout Elapsed',
  ]);
  expect(read([], { ...will(0), SuiteSucceeded: true }).faults).toEqual(['no test has such a name']);
  const before = { LeafNodeType: 'SynchronizedBeforeSuite', LeafNodeText: '', State: 'failed', RunTime: 1 };
  expect(read([before, passed[0]], will(1)).faults).toEqual(['SynchronizedBeforeSuite: failed']);
});

test('shows a table by network and SIG, and by name what did not pass', () => {
  const run = { network: 'routes', kubernetes: 'v1.36.3', machines: 3, seconds: 95, report: read(SPECS) };
  expect(asMarkdown(SIG_NETWORK.title, [run])).toMatchInlineSnapshot(`
    "Kubernetes v1.36.3, network routes, 3 machines: 4 tests of [sig-network] [Conformance] in 95 s

    | Network | SIG         | Passed | Failed | Skipped | Left out |
    | ------- | ----------- | ------ | ------ | ------- | -------- |
    | routes  | sig-network | 1      | 2      | 1       | 1        |

    Failed (routes):

    - [sig-network] DNS forgets [Conformance]: no answer after 5m0s
    - [sig-network] DNS breaks [Conformance]: Test Panicked

    Skipped (routes):

    - [sig-network] DNS needs two [Conformance]: The test requires at least two ready nodes

    Left out (routes):

    - 1: [Serial] has the whole cluster to itself
    "
  `);
  expect(JSON.parse(asJson(SIG_NETWORK.title, [run]))).toMatchObject({
    tests: '[sig-network] [Conformance]',
    runs: [{ network: 'routes', passed: 1, failed: 2, skipped: 1, 'left-out': 1, faults: [] }],
  });
  expect(isGood(run)).toBe(false);
  const good = read([SPECS[1]], { SuiteSucceeded: true, PreRunStats: { SpecsThatWillRun: 1 } });
  expect(isGood({ ...run, report: good })).toBe(true);
});

test('chooses tests by their labels, or by a name', () => {
  expect(ginkgoArgs(SIG_NETWORK)).toContain(
    '--label-filter=sig-network && Conformance && !Serial && !Disruptive && !Slow',
  );
  expect(ginkgoArgs(focused('DNS .* cluster'))).toEqual(['--focus=DNS .* cluster']);
  expect(settings([]).selection).toBe(SIG_NETWORK);
  expect(settings(['--all', '--network', 'routes,vxlan'])).toMatchObject({
    selection: ALL,
    networks: ['routes', 'vxlan'],
  });
  expect(() => settings(['--all', '--focus', 'DNS'])).toThrow('exclude each other');
  expect(() => settings(['--children', '0'])).toThrow("--children takes a whole number from 1 to 8, not '0'");
  expect(() => settings(['--network', ','])).toThrow('--network is empty');
});
