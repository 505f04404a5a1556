import { describe, expect, it } from 'vitest';
import { machinesOf, planFor } from '../../../src/engine/plan.js';
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
    const b = stageOf('b', { after: ['a', 'of-another-command'] });
    expect(() => planFor('x', room, [b, a], [PARENT])).toThrow(/b comes before a/);
    expect(() => planFor('x', room, [stageOf('c', { after: ['c'] })], [PARENT])).toThrow(TypeError);
    expect(planFor('x', room, [a, b], [PARENT]).stages).toEqual([a, b]);
  });
});

it.each([
  ['parent', [PARENT]],
  ['children', [CHILD, OTHER]],
  ['all', [PARENT, CHILD, OTHER]],
] as const)('works on: %s', (on, machines) => {
  const stage = stageOf('a', { on });
  expect(machinesOf(stage, [PARENT, CHILD, OTHER])).toEqual(machines);
  expect(machinesOf(stage, [])).toEqual([]);
});
