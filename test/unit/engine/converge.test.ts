import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import { describe, expect, it } from 'vitest';
import { blocked, pending, satisfied } from '../../../src/engine/stage.js';
import type { Stage, Verdict } from '../../../src/engine/stage.js';
import type { RunReport } from '../../../src/engine/report.js';
import type { ChangeStep } from '../../../src/engine/step.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { CHILD, ownLedger, sampleFacts } from '../../support/sample-room.js';
import { broken, setting } from './memory-machine.js';
import { Rehearsal, settingStage, stageOf, work, workStage } from './rehearsal.js';

/** One stage on one child. */
function on(room: Rehearsal, stage: Stage<Verdict>): Promise<RunReport> {
  return room.run([{ ...stage, on: 'children' }], { targets: [CHILD] });
}

/** What happened on the child between the look at the machine and the end. */
function work11(room: Rehearsal): readonly string[] {
  return room.journal.filter((l) => l.startsWith('pc-11 ')).map((l) => l.slice('pc-11 '.length));
}

/** Gives one answer after the other, and the last one for ever. */
function answers(...all: readonly Verdict[]): () => Promise<Verdict> {
  let i = 0;
  return async () => all[Math.min(i++, all.length - 1)] ?? satisfied('');
}

describe('one stage on one machine', () => {
  it('is looked at once when all is well', async () => {
    const room = new Rehearsal();
    room.child.settings.set('x', 'a').set('y', 'a');
    const report = await on(room, settingStage('a', ['x', 'y']));
    expect(work11(room)).toEqual(['looks at x, y']);
    expect(report.rows).toEqual([
      { stage: 'a', machine: 'pc-11', outcome: 'unchanged', because: 'as it should be' },
    ]);
  });

  it('looks, notes, changes only what is wrong, and looks again', async () => {
    const room = new Rehearsal();
    room.child.settings.set('y', 'a');
    await on(room, settingStage('a', ['x', 'y', 'z']));
    expect(work11(room)).toEqual([
      'looks at x, y, z',
      'reads the ledger',
      // The room is ours only now.
      'looks at x, y, z',
      '! note how 2 things was before',
      '! set x = a (now unset)',
      '! set z = a (now unset)',
      'looks at x, z',
    ]);
  });

  it('looks again once the room is its own, since somebody else may have been at work until then', async () => {
    const room = new Rehearsal();
    room.child.settings.set('b', 'done');
    room.parent.before(/take the room/, () => void room.child.settings.set('a', 'done'));
    const report = await on(room, workStage('a'));
    expect(room.child.settings.get('a')).toBe('done');
    expect(work11(room).filter((l) => l.startsWith('!'))).toEqual([]);
    expect(report.rows).toMatchObject([{ outcome: 'unchanged', because: 'done' }]);
    expect(room.eventsOf('planned')).toEqual([]);
  });

  it('looks no second time when the room is its own already', async () => {
    const room = new Rehearsal();
    const stages = [settingStage('a', ['x']), settingStage('b', ['y'])];
    await room.run(
      stages.map((s) => ({ ...s, on: 'children' as const })),
      { targets: [CHILD] },
    );
    expect(work11(room).filter((l) => l === 'looks at y')).toHaveLength(2);
  });

  it('takes the room before it looks where something is sure to be changed, but for a dry run', async () => {
    const first = { ...settingStage('a', ['x']), first: true as const };
    const room = new Rehearsal();
    await on(room, first);
    expect(work11(room)).toEqual([
      'looks at x',
      'reads the ledger',
      '! note how setting x was before',
      '! set x = a (now unset)',
      'looks at x',
    ]);
    const taken = (l: string): boolean => l.includes("take the room's lock");
    expect(room.journal.findIndex(taken)).toBeLessThan(room.journal.findIndex((l) => l.includes('looks at')));
    const known = sampleFacts(CHILD, { ledger: ownLedger() });
    const again = new Rehearsal();
    again.child.settings.set('x', 'a');
    await again.run([{ ...first, on: 'children' }], { targets: [CHILD], facts: async () => known });
    const dry = new Rehearsal();
    await dry.run([{ ...first, on: 'children' }], { targets: [CHILD], dryRun: true });
    expect([...again.changed, ...dry.changed]).toEqual([]);
  });

  it('does not say in a dry run that all is well where resources are wrong', async () => {
    const dry = (stage: Stage<Verdict>): Promise<RunReport> =>
      new Rehearsal().run([{ ...stage, on: 'children' }], { targets: [CHILD], dryRun: true });
    expect((await dry(settingStage('a', ['x']))).rows).toEqual([
      { stage: 'a', machine: 'pc-11', outcome: 'planned' },
    ]);
    expect((await dry(workStage('a'))).rows).toMatchObject([{ outcome: 'planned', because: 'a is unset' }]);
  });

  it('fails when a change does not take, and names what', async () => {
    const room = new Rehearsal();
    const stubborn = { ...setting('x', 'a'), change: () => setting('elsewhere', 'a').change('unset') };
    const report = await on(room, stageOf('a', { resources: () => [stubborn, setting('y', 'a')] }));
    expect(report.setAside).toMatchObject([
      { error: { code: 'not-verified', message: 'setting x did not take the change' } },
    ]);
  });

  it('stops at the first change that fails; what was noted stays noted', async () => {
    const room = new Rehearsal();
    room.child.before(/! set x/, () => {
      throw broken('pc-11');
    });
    await on(room, settingStage('a', ['x', 'y']));
    expect(room.child.settings.size).toBe(0);
    expect(room.child.ledger.map((e) => e.id)).toEqual(['setting x', 'setting y']);
  });

  it('does what was planned and nothing else, whatever the change of the resources made of it', async () => {
    const room = new Rehearsal();
    const stage = settingStage('a', ['x'], {
      probe: async (m) =>
        room.child.settings.get('x') === 'a' ? satisfied('runs') : pending(m.machine.name),
      steps: (verdict, _c, changing) => [work(`${verdict.state}-${changing.length}`)],
    });
    expect((await on(room, stage)).rows).toMatchObject([{ outcome: 'changed', because: 'runs' }]);
    expect(room.eventsOf('planned').map((e) => e.change)).toEqual([
      'set x = a (now unset)',
      'work on pending-1',
    ]);
    expect(room.changed.slice(2, -1)).toEqual(['pc-11 ! set x = a (now unset)', 'pc-11 ! work on pending-1']);
  });

  it('notes what a stage makes by other means before its first change', async () => {
    const room = new Rehearsal();
    room.child.settings.set('trace', 'owner');
    await on(
      room,
      workStage('a', { notes: () => [setting('trace', '-')], resources: () => [setting('x', 'a')] }),
    );
    expect(work11(room)).toEqual([
      'looks at a',
      'looks at x',
      'reads the ledger',
      'looks at a',
      'looks at x',
      'looks at trace',
      '! note how 2 things was before',
      '! set x = a (now unset)',
      'looks at x',
      '! work on a',
      'looks at a',
    ]);
    expect(room.child.ledger.map((e) => [e.id, e.found])).toEqual([
      ['setting trace', 'owner'],
      ['setting x', 'unset'],
    ]);
  });

  it('keeps the first note of a thing, and takes another when it will be something else', async () => {
    const room = new Rehearsal();
    await on(room, settingStage('a', ['x'], { notes: () => [setting('x', 'a')] }));
    expect(room.child.ledger).toHaveLength(1);
    await on(room, settingStage('b', ['x']));
    expect(room.child.ledger.map((e) => [e.seq, e.params, e.found])).toEqual([
      [1, { name: 'x', value: 'a' }, 'unset'],
      [2, { name: 'x', value: 'b' }, 'a'],
    ]);
  });

  it.each([
    ['before anything is changed', answers(blocked(broken('pc-11'))), []],
    [
      'after the changes',
      answers(pending('not yet'), pending('not yet'), blocked(broken('pc-11'))),
      ['! note how setting x was before', '! set x = a (now unset)', '! work on a'],
    ],
  ])('fails by what is in the way %s', async (_, probe, changed) => {
    const room = new Rehearsal();
    const report = await on(room, settingStage('a', ['x'], { probe, steps: () => [work('a')] }));
    expect(work11(room).filter((l) => l.startsWith('!'))).toEqual(changed);
    expect(report.setAside).toMatchObject([{ error: { code: 'command', context: { stage: 'a' } } }]);
  });

  it('tells the plan before it changes anything', async () => {
    const room = new Rehearsal();
    await on(room, workStage('a', { resources: () => [setting('x', 'a')] }));
    expect(room.eventsOf('planned').map((e) => e.change)).toEqual(['set x = a (now unset)', 'work on a']);
    expect(room.eventsOf('progress').map((e) => e.text)).toEqual(['set x = a (now unset)', 'work on a']);
  });
});

describe('steps that are abreast', () => {
  const stage = (id: string, ...steps: readonly ChangeStep[]): Stage<Verdict> =>
    stageOf(id, {
      probe: answers(pending('not done'), pending('not done'), satisfied('done')),
      steps: () => steps,
    });
  const abreast = (id: string): ChangeStep => ({ ...work(id), abreast: true });

  it('are under way two at a time, between what is not', async () => {
    const room = new Rehearsal();
    const under = new Set<string>();
    const most = new Map<string, number>();
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      room.child.before(new RegExp(`! work on ${id}`), async () => {
        under.add(id);
        most.set(id, under.size);
        await new Promise((resolve) => setImmediate(resolve));
        most.set(id, Math.max(most.get(id) ?? 0, under.size));
        under.delete(id);
      });
    }
    await on(room, stage('x', work('a'), abreast('b'), abreast('c'), abreast('d'), work('e')));
    expect(Object.fromEntries(most)).toEqual({ a: 1, b: 2, c: 2, d: expect.any(Number) as number, e: 1 });
    expect(work11(room).filter((l) => l.startsWith('! work'))).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((id) => `! work on ${id}`),
    );
  });

  it('begin no further one when one has failed, and let its neighbour come to its end', async () => {
    const room = new Rehearsal();
    let ended = false;
    room.child.before(/! work on a/, () => {
      throw broken('pc-11');
    });
    room.child.before(/! work on b/, async () => {
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      ended = true;
    });
    const report = await on(room, stage('x', abreast('a'), abreast('b'), abreast('c')));
    expect(report.setAside).toMatchObject([{ machine: 'pc-11', error: { code: 'command' } }]);
    expect(ended).toBe(true);
    expect(room.child.settings.get('c')).toBeUndefined();
  });
});

describe('after the work', () => {
  it('is looked at until it is so; what keeps it is said once', async () => {
    const room = new Rehearsal();
    const probe = answers(
      pending('not there'),
      pending('starting'),
      pending('starting'),
      pending('nearly'),
      satisfied('runs'),
    );
    const report = await on(room, stageOf('a', { probe, settleMs: 10_000 }));
    expect(report.rows).toMatchObject([{ outcome: 'unchanged', because: 'runs' }]);
    expect(room.changed).toEqual([]);
    expect(room.eventsOf('progress').map((e) => e.text)).toEqual(['starting', 'nearly']);
  });

  it('fails with the last reason when the time is over', async () => {
    const room = new Rehearsal();
    const report = await on(room, stageOf('a', { probe: async () => pending('starting'), settleMs: 5000 }));
    expect(report.setAside).toMatchObject([
      { error: { code: 'not-verified', message: 'not satisfied after 5 s: starting' } },
    ]);
  });

  it('fails with the remedy of the stage, where it has one', async () => {
    const room = new Rehearsal();
    const stage = stageOf('a', {
      probe: async () => pending('starting'),
      settleMs: 5000,
      diagnose: async (because) => new KmonError('not-verified', because, { hint: 'look at it' }),
    });
    expect((await on(room, stage)).setAside).toMatchObject([
      { error: { message: 'starting', hint: 'look at it', context: { machine: 'pc-11', stage: 'a' } } },
    ]);
  });

  it('fails at once when something is in the way now', async () => {
    const room = new Rehearsal();
    const probe = answers(pending('not there'), pending('starting'), blocked(broken('pc-11')));
    const report = await on(room, stageOf('a', { probe, settleMs: 600_000 }));
    expect(report.setAside).toMatchObject([{ error: { message: 'it does not work' } }]);
  });
});

describe('what a stage is given', () => {
  it('is the machine, the room and the facts of all who answered', async () => {
    const room = new Rehearsal();
    let seen: unknown;
    const stage = stageOf('a', {
      on: 'children',
      probe: async (m) => {
        seen = [m.machine.name, m.facts.hostname, [...m.factsOf.keys()], m.parent.machine, m.supply];
        m.notice('look here');
        return satisfied('seen');
      },
    });
    await room.run([stage], { targets: [CHILD] });
    expect(seen).toEqual(['pc-11', 'pc-11', ['pc-10', 'pc-11'], 'pc-10', onlineSupply]);
    expect(room.eventsOf('note')).toEqual([{ type: 'note', machine: 'pc-11', text: 'look here' }]);
  });

  it('shares one answer of the cluster among all', async () => {
    const room = new Rehearsal();
    const stage = stageOf('a', {
      on: 'children',
      probe: async (m) => {
        await m.shared('nodes', 900, () => m.parent.query({ effect: 'reads', script: 'get nodes' }));
        return satisfied('seen');
      },
    });
    await room.run([stage]);
    expect(room.journal).toEqual(['pc-10 looks at nodes']);
  });
});
