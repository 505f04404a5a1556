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

  it('is told by the cluster where it was done from another computer', () => {
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
