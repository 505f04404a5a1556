import { describe, expect, it } from 'vitest';
import { comingsIn } from '../../../src/lesson/comings.js';
import type { ToldRun } from '../../../src/lesson/told-run.js';
import type { ClusterNode } from '../../../src/tools/kubernetes-objects.js';
import { at, LESSON_ROOM } from '../../support/sample-lesson.js';

function run(
  command: string,
  rows: readonly (readonly [time: string, stage: string, machine: string, outcome: string])[],
  dryRun = false,
): ToldRun {
  return {
    file: 'x',
    command,
    at: 0,
    endedAt: 0,
    dryRun,
    machines: [],
    results: rows.map(([time, stage, machine, outcome]) => ({
      at: at(time),
      stage,
      title: stage,
      machine,
      outcome,
      dryRun,
    })),
    failures: [],
    facts: [],
    brokenLines: 0,
  };
}

const node = (name: string, createdAt: string): ClusterNode => ({
  name,
  state: 'ready',
  pressures: [],
  cordoned: false,
  roles: [],
  labels: {},
  kubeletVersion: '',
  createdAt,
});

describe('who joined', () => {
  it('is told in the order of time, with who left, and came again', () => {
    const runs = [
      run('up', [
        ['08:02:00', 'join-child', 'pc-11', 'changed'],
        ['08:01:00', 'init-parent', 'pc-10', 'changed'],
        ['08:02:00', 'join-child', 'pc-12', 'failed'],
      ]),
      run('teardown', [['08:30:00', 'give-back-children', 'pc-11', 'changed']]),
      run('join-child', [['08:40:00', 'join-child', 'pc-11', 'changed']]),
      run('up', [['08:50:00', 'join-child', 'pc-11', 'unchanged']]),
      run('up', [['08:55:00', 'join-child', 'pc-12', 'changed']], true),
    ];
    expect(
      comingsIn(runs, LESSON_ROOM).map((c) => [
        c.machine,
        c.role,
        c.joinedAt.slice(11, 16),
        c.by,
        c.leftAt?.slice(11, 16),
      ]),
    ).toEqual([
      ['pc-10', 'parent', '08:01', 'up', undefined],
      ['pc-11', 'child', '08:02', 'up', '08:30'],
      ['pc-11', 'child', '08:40', 'join-child', undefined],
    ]);
  });

  it.each([
    ['failed', ['failed', 'unchanged'], '08:00 up'],
    ['was cut off', ['cut-off', 'unchanged'], '08:00 up'],
    ['failed twice', ['failed', 'failed', 'unchanged'], '08:00 up'],
    ['failed, and was repeated', ['failed', 'changed'], '08:01 join-child'],
    ['failed, and nothing more', ['failed', 'not-reached'], undefined],
    ['was done already', ['unchanged', 'unchanged'], undefined],
    ['was done, and then failed', ['changed', 'failed', 'unchanged'], '08:00 up'],
  ])('is told of a joining that %s', (_, outcomes, expected) => {
    const runs = outcomes.map((outcome, i) =>
      run(i === 0 ? 'up' : 'join-child', [[`08:0${i}:00`, 'join-child', 'pc-11', outcome]]),
    );
    const came = comingsIn(runs, LESSON_ROOM).map((c) => `${c.joinedAt.slice(11, 16)} ${c.by ?? '-'}`);
    expect(came).toEqual(expected === undefined ? [] : [expected]);
  });

  it('is not told of what failed in a dry run, or before the machine was given back', () => {
    const failed = [['08:00:00', 'join-child', 'pc-11', 'failed']] as const;
    const done = run('join-child', [['08:02:00', 'join-child', 'pc-11', 'unchanged']]);
    const given = run('teardown', [['08:01:00', 'give-back-children', 'pc-11', 'changed']]);
    expect(comingsIn([run('up', failed, true), done], LESSON_ROOM)).toEqual([]);
    expect(comingsIn([run('up', failed), given, done], LESSON_ROOM)).toEqual([]);
  });

  it('is told by the cluster where no transcript here tells', () => {
    const runs = [run('up', [['08:01:00', 'init-parent', 'pc-10', 'changed']])];
    const nodes = [
      node('pc-10', '2026-11-30T08:00:59Z'),
      node('pc-12', '2026-11-30T08:05:00Z'),
      node('pc-11', ''),
      node('owner', '2026-01-01T00:00:00Z'),
    ];
    expect(comingsIn(runs, LESSON_ROOM, nodes).map(({ machine, by }) => [machine, by])).toEqual([
      ['pc-10', 'up'],
      ['pc-12', null],
    ]);
  });
});
