import { describe, expect, it } from 'vitest';
import { graphOf, machinesOf, planFor } from '../../../src/engine/plan.js';
import type { PlanNode } from '../../../src/engine/plan.js';
import { here, onEveryone, onParent } from '../../../src/engine/stage.js';
import type { Work } from '../../../src/engine/stage.js';
import { CHILD, OTHER, PARENT, sampleConfig } from '../../support/sample-room.js';
import { stageOf } from './rehearsal.js';

const { room } = sampleConfig();

describe('a plan', () => {
  it('connects to the targets and always to the parent, in the order of the room', () => {
    expect(planFor('x', room, [], [OTHER]).connected).toEqual([PARENT, OTHER]);
    expect(planFor('x', room, [], [OTHER, CHILD]).connected).toEqual([PARENT, CHILD, OTHER]);
    expect(planFor('x', room, [], []).connected).toEqual([PARENT]);
  });

  it('keeps the targets apart from who is only asked', () => {
    const plan = planFor('x', room, [stageOf('a')], [CHILD]);
    expect(plan).toMatchObject({ command: 'x', targets: [CHILD], stages: [{ id: 'a' }] });
  });

  it('refuses a stage that comes before one it needs, and only that', () => {
    const a = stageOf('a');
    const b = stageOf('b', { after: here(a, stageOf('of-another-command')) });
    expect(() => planFor('x', room, [b, a], [PARENT])).toThrow(/b comes before a/);
    expect(() => planFor('x', room, [a, a], [PARENT])).toThrow(/a is in the list twice/);
    expect(planFor('x', room, [a, b], [PARENT]).stages).toEqual([a, b]);
  });
});

it.each([
  ['parent', [PARENT]],
  ['children', [CHILD, OTHER]],
  ['all', [PARENT, CHILD, OTHER]],
] as const)('works on: %s', (on, machines) => {
  const stage = stageOf('a', { on });
  const all = [PARENT, CHILD, OTHER];
  expect(machinesOf(stage, { targets: all, about: all })).toEqual(machines);
  expect(machinesOf(stage, { targets: [], about: all })).toEqual([]);
});

it('leaves out of "all" who only serves the others, and not out of "room"', () => {
  const plan = { targets: [PARENT, CHILD], about: [CHILD] };
  expect(machinesOf(stageOf('a', { on: 'all' }), plan)).toEqual([CHILD]);
  expect(machinesOf(stageOf('a', { on: 'room' }), plan)).toEqual([PARENT, CHILD]);
  expect(machinesOf(stageOf('a', { on: 'cluster' }), plan)).toEqual([PARENT]);
});

describe('a plan as a graph', () => {
  const nameOf = (n: PlanNode): string => `${n.stage.id} ${n.machine.name}`;
  const edges = (...stages: readonly Work<unknown>[]): readonly string[] =>
    graphOf(planFor('x', room, stages, [PARENT, CHILD, OTHER])).map(
      (n) => `${nameOf(n)} < ${n.after.map(nameOf).join(', ')}`,
    );
  const a = stageOf('a');

  it('stands on the same machine, on the parent, or on everyone', () => {
    const children = stageOf('b', { on: 'children', after: here(a) });
    expect(edges(a, children).slice(3)).toEqual(['b pc-11 < a pc-11', 'b pc-12 < a pc-12']);
    expect(edges(a, stageOf('c', { on: 'children', after: onParent(a) })).slice(3)).toEqual([
      'c pc-11 < a pc-10',
      'c pc-12 < a pc-10',
    ]);
    expect(edges(a, stageOf('d', { on: 'parent', after: onEveryone(a) })).slice(3)).toEqual([
      'd pc-10 < a pc-10, a pc-11, a pc-12',
    ]);
  });

  it('takes one machine after the other where the stage says so', () => {
    expect(edges(stageOf('e', { oneAtATime: true }))).toEqual([
      'e pc-10 < ',
      'e pc-11 < e pc-10',
      'e pc-12 < e pc-10, e pc-11',
    ]);
  });

  it('has a lane a machine, and one of the cluster', () => {
    const nodes = graphOf(planFor('x', room, [a, stageOf('f', { on: 'cluster' })], [PARENT, CHILD]));
    expect(nodes.map((n) => n.lane)).toEqual(['pc-10', 'pc-11', 'the cluster']);
  });

  it('has a lane for each machine of a stage that goes apart', () => {
    const nodes = graphOf(planFor('x', room, [a, stageOf('g', { apart: true })], [PARENT, CHILD]));
    expect(nodes.map((n) => n.lane)).toEqual(['pc-10', 'pc-11', 'g on pc-10', 'g on pc-11']);
  });
});
