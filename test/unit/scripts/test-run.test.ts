import { describe, expect, test } from 'vitest';
import { labsIn } from '../../../scripts/test.d/labs-in.js';
import { descendantsOf, readStat } from '../../../scripts/test.d/process-tree.js';
import { failuresOf } from '../../../scripts/test.d/failures.js';
import { isShellScript } from '../../../scripts/test.d/shell-scripts.js';
import { SUITES, deadlineOf, labsMayBegin, suitesNamed } from '../../../scripts/test.d/suites.js';
import type { Suite } from '../../../scripts/test.d/suites.js';
import { summaryText } from '../../../scripts/test.d/summary.js';
import { tallyOf } from '../../../scripts/test.d/tally.js';

describe('the suites', () => {
  test('are all of them, or those that are named, in the order in which they are named', () => {
    expect(suitesNamed([])).toEqual(SUITES);
    expect(suitesNamed(['unit', 'lint'])).toEqual(['unit', 'lint']);
    expect(suitesNamed(['windows'])).toEqual(['windows']);
    expect(suitesNamed(['newest'])).toEqual(['newest']);
    expect(SUITES).not.toEqual(expect.arrayContaining(['windows']));
    expect(SUITES).not.toEqual(expect.arrayContaining(['newest']));
    expect(() => suitesNamed(['lint', 'rooms'])).toThrow("there is no suite 'rooms'");
  });

  test.each<[string, readonly Suite[], boolean]>([
    ['all', SUITES, true],
    ['room alone', ['room'], false],
    ['room first', ['room', 'unit'], false],
    ['room after unit', ['unit', 'room'], true],
    ['room after cluster', ['unit', 'cluster', 'room'], false],
    ['no room', ['lint', 'unit'], false],
    ['cluster first', ['cluster', 'unit', 'room'], false],
  ])('have the labs begin before room only beside what leaves them alone: %s', (_about, suites, may) => {
    expect(labsMayBegin(suites)).toBe(may);
  });

  test('have a time each, and in CI all together', () => {
    expect(deadlineOf('lint', 1000, false)).toBe(601_000);
    expect(deadlineOf('cluster', 60 * 60_000, false)).toBe(135 * 60_000);
    expect(deadlineOf('cluster', 60 * 60_000, true)).toBe(86 * 60_000);
    expect(deadlineOf('lint', 1000, true)).toBe(601_000);
  });
});

describe('the count of a run of vitest', () => {
  const file = (status: string, ...tests: readonly string[]): object => ({
    name: '/p/a.test.ts',
    status,
    assertionResults: tests.map((s, i) => ({ fullName: `test ${i}`, status: s })),
  });
  const tally = (files: readonly object[], exitCode = 0, inCi = false): object =>
    tallyOf({ report: JSON.stringify({ testResults: files }), exitCode, inCi });

  test.each<[string, object, object]>([
    ['passed', tally([file('passed', 'passed', 'passed')]), { passed: 2, failed: 0, skipped: [] }],
    ['failed', tally([file('failed', 'passed', 'failed')], 1), { passed: 1, failed: 1, skipped: [] }],
    ['a file that cannot be read', tally([file('failed')], 1), { passed: 0, failed: 1, skipped: [] }],
    [
      'a clean-up that fails',
      tally([file('failed', 'passed'), file('passed', 'passed')], 1),
      { passed: 2, failed: 1, skipped: [] },
    ],
    [
      'an error outside of tests',
      tally([file('passed', 'passed')], 1),
      { passed: 1, failed: 1, skipped: [] },
    ],
    ['no tests', tally([]), { passed: 0, failed: 1, skipped: [] }],
    [
      'skipped',
      tally([file('passed', 'passed', 'pending')]),
      { passed: 1, failed: 0, skipped: ['/p/a.test.ts: test 1'] },
    ],
    [
      'skipped in CI',
      tally([file('passed', 'passed', 'todo')], 0, true),
      { passed: 1, failed: 1, skipped: ['/p/a.test.ts: test 1'] },
    ],
  ])('%s', (_about, is, wanted) => {
    expect(is).toEqual(wanted);
  });

  test.each([undefined, '', '{"testRes'])('no whole report: %j', (report) => {
    expect(tallyOf({ report, exitCode: 0, inCi: false })).toEqual({ passed: 0, failed: 1, skipped: [] });
  });
});

test('what failed: the test, and how it tells why, without where in the code', () => {
  const log = Array.from({ length: 20 }, (_, i) => `line ${i}${'x'.repeat(300)}`).join('\n');
  const report = JSON.stringify({
    testResults: [
      {
        name: '/p/a.test.ts',
        status: 'failed',
        assertionResults: [
          { fullName: 'a b', status: 'failed', failureMessages: ['is 1\n\n    at /p/a.ts:3\nwas 2'] },
          { fullName: 'a c', status: 'passed' },
          { fullName: 'a d', status: 'failed', failureMessages: [log] },
        ],
      },
      { name: '/p/b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    ],
  });
  const [first, long = '', file] = failuresOf(report, '/p');
  expect(first).toBe('a.test.ts: a b\n    is 1\n    was 2');
  expect(long.split('\n')).toHaveLength(18);
  expect(long).toMatch(
    /^a\.test\.ts: a d\n    line 0x{194}\n[^]*\n    \(4 lines\)\n    line 8x[^]* {4}line 19x{193}$/,
  );
  expect(file).toBe('b.test.ts\n    no such module');
  expect(failuresOf('{"testRes', '/p')).toEqual([]);
});

test('the end of a run: a line a suite, and one that counts all', () => {
  const ends = [
    { suite: 'lint', passed: 3, failed: 0, seconds: 61, failures: [] },
    { suite: 'cluster', passed: 73, failed: 1, seconds: 1054, failures: ['a.test.ts: a\n    was b'] },
  ] as const;
  expect(summaryText(ends, 1)).toBe(`
failed: a.test.ts: a
    was b

lint         3 passed     0 failed     61 s
cluster     73 passed     1 failed   1054 s

76 passed, 2 failed
`);
});

describe('processes', () => {
  test('are read whatever their name is, but not those that have ended', () => {
    expect(readStat('12 (a) b) S 3 4 5 6')).toEqual({ pid: 12, parent: 3 });
    expect(readStat('13 (node) Z 3 4')).toBeUndefined();
    expect(readStat('13 (node) X 3 4')).toBeUndefined();
    expect(readStat('')).toBeUndefined();
  });

  test('descend from another over any number of others, without what is left out', () => {
    const tree = [
      [2, 1],
      [3, 2],
      [4, 3],
      [5, 1],
      [6, 5],
      [7, 9],
    ].map(([pid = 0, parent = 0]) => ({ pid, parent }));
    expect(descendantsOf(1, tree)).toEqual([2, 5, 3, 6, 4]);
    expect(descendantsOf(1, tree, [2])).toEqual([5, 6]);
    expect(descendantsOf(8, tree)).toEqual([]);
  });
});

test('labs belong to a run by their folder, in the words of podman and of docker', () => {
  const labels = (dir: string, lab: string): object => ({ 'kmon.lab.dir': dir, 'kmon.lab': lab });
  const inspected = [
    { Config: { Labels: labels('/tmp/run.1/a', 'a') } },
    { Config: { Labels: labels('/tmp/run.1/a', 'a') } },
    { labels: labels('/tmp/run.1/b', 'b') },
    { Labels: labels('/tmp/run.11/c', 'c') },
    { Config: { Labels: null } },
    {},
  ];
  expect(labsIn('/tmp/run.1', JSON.stringify(inspected))).toEqual(['a', 'b']);
  expect(labsIn('/tmp/run.1', '')).toEqual([]);
});

test('shell scripts are known by their first line', () => {
  expect(isShellScript('#!/usr/bin/env bash\n')).toBe(true);
  expect(isShellScript('#!/bin/sh\n')).toBe(true);
  expect(isShellScript('# shellcheck shell=bash\n')).toBe(true);
  expect(isShellScript('#!/usr/bin/env node\n')).toBe(false);
  expect(isShellScript('#!/usr/bin/fish\n')).toBe(false);
});
