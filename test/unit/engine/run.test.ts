import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/engine/report.js';
import { blocked, here, onEveryone, onParent, pending } from '../../../src/engine/stage.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { CHILD, OTHER, PARENT } from '../../support/sample-room.js';
import { broken } from './memory-machine.js';
import { Rehearsal, settingStage, stageOf, trialOf, work, workStage } from './rehearsal.js';

const unreachable = new KmonError('unreachable', 'no answer', { hint: 'switch it on' });

describe('a run', () => {
  it('takes the stages in order, each on its machines', async () => {
    const room = new Rehearsal();
    const first = workStage('first', { on: 'parent' });
    const second = workStage('second', { on: 'children', after: onParent(first) });
    const report = await room.run([first, second, workStage('third', { after: onEveryone(second) })]);
    expect(room.changed.filter((line) => line.includes('work'))).toEqual([
      'pc-10 ! work on first',
      'pc-11 ! work on second',
      'pc-12 ! work on second',
      'pc-10 ! work on third',
      'pc-11 ! work on third',
      'pc-12 ! work on third',
    ]);
    expect(report.rows.map((r) => `${r.stage} ${r.machine} ${r.outcome}`)).toEqual([
      'first pc-10 changed',
      'second pc-11 changed',
      'second pc-12 changed',
      'third pc-10 changed',
      'third pc-11 changed',
      'third pc-12 changed',
    ]);
    expect(exitCodeOf(report)).toBe(0);
  });

  it('works on the children at the same time, and no more of them than allowed', async () => {
    const room = new Rehearsal();
    let together = 0;
    let most = 0;
    const stage = stageOf('busy', {
      on: 'children',
      probe: async () => {
        most = Math.max(most, ++together);
        await new Promise((resolve) => setImmediate(resolve));
        together -= 1;
        return { state: 'satisfied', because: 'done' };
      },
    });
    await room.run([stage]);
    expect(most).toBe(2);
    most = 0;
    await room.run([stage], { concurrency: 1 });
    expect(most).toBe(1);
  });

  it('writes the ledger before the first change, under the lock', async () => {
    const room = new Rehearsal();
    await room.run([settingStage('a', ['x', 'y'], { on: 'children' }), workStage('b', { on: 'children' })], {
      targets: [CHILD],
    });
    expect(room.changed).toEqual([
      "pc-10 ! take the room's lock",
      'pc-11 ! note how 2 things was before',
      'pc-11 ! set x = a (now unset)',
      'pc-11 ! set y = a (now unset)',
      'pc-11 ! work on b',
      "pc-10 ! release the room's lock",
    ]);
    expect(room.child.ledger.map((e) => [e.seq, e.stage, e.id, e.found])).toEqual([
      [1, 'a', 'setting x', 'unset'],
      [2, 'a', 'setting y', 'unset'],
    ]);
    expect(room.parent.lock).toBeUndefined();
  });

  it('changes nothing the second time, not even the lock, and says so', async () => {
    const room = new Rehearsal();
    const stages = [settingStage('a', ['x']), workStage('b')];
    await room.run(stages);
    const ledger = JSON.stringify(room.child.ledger);
    const report = await room.run(stages);
    expect(room.changed).toEqual([]);
    expect(JSON.stringify(room.child.ledger)).toBe(ledger);
    expect(new Set(report.rows.map((r) => r.outcome))).toEqual(new Set(['unchanged']));
    expect(room.eventsOf('planned')).toEqual([]);
  });

  it('tells what happens, machine by machine, from beginning to end', async () => {
    const room = new Rehearsal();
    await room.run([workStage('a', { on: 'children' })], { targets: [CHILD] });
    expect(room.events.map((e) => ('stage' in e ? `${e.type} ${e.stage}` : e.type))).toEqual([
      'run-started',
      'stage-started connect',
      'machine-started connect',
      'machine-started connect',
      'machine-finished connect',
      'machine-finished connect',
      'stage-finished connect',
      'stage-started a',
      'machine-started a',
      'planned a',
      'progress a',
      'machine-finished a',
      'stage-finished a',
    ]);
    expect(room.events[0]).toMatchObject({
      command: 'rehearse',
      machines: ['pc-11'],
      addresses: { 'pc-10': '192.0.2.10', 'pc-11': '192.0.2.11' },
      dryRun: false,
    });
  });
});

describe('a dry run', () => {
  it('changes nothing, whatever the machines are opened for, and tells the plan', async () => {
    const room = new Rehearsal();
    const report = await room.run([settingStage('a', ['x', 'y']), workStage('b')], { dryRun: true });
    expect(room.changed).toEqual([]);
    expect(room.child.settings.size).toBe(0);
    expect(report.dryRun).toBe(true);
    expect(new Set(report.rows.map((r) => r.outcome))).toEqual(new Set(['planned']));
    expect(room.eventsOf('planned').filter((e) => e.machine === 'pc-11')).toMatchObject([
      { stage: 'a', change: 'set x = a (now unset)' },
      { stage: 'a', change: 'set y = a (now unset)' },
      { stage: 'b', change: 'work on b' },
    ]);
    expect(exitCodeOf(report)).toBe(0);
  });

  it('takes what stands on a planned stage for planned, and does not look at it', async () => {
    const room = new Rehearsal();
    room.child.settings.set('a', 'done');
    const a = workStage('a');
    const b = workStage('b', { after: [...here(a), ...onParent(a)], on: 'children' });
    const stages = [
      a,
      b,
      workStage('c', { after: onEveryone(b), on: 'parent' }),
      workStage('d', { on: 'children' }),
    ];
    const report = await room.run(stages, { dryRun: true });
    const inferred = 'comes after what is planned above';
    expect(report.rows).toEqual([
      { stage: 'a', machine: 'pc-10', outcome: 'planned', because: 'a is unset' },
      { stage: 'a', machine: 'pc-11', outcome: 'unchanged', because: 'done' },
      { stage: 'a', machine: 'pc-12', outcome: 'planned', because: 'a is unset' },
      // Its own `a` is done, the parent's is not.
      { stage: 'b', machine: 'pc-11', outcome: 'planned', because: inferred },
      { stage: 'b', machine: 'pc-12', outcome: 'planned', because: inferred },
      { stage: 'c', machine: 'pc-10', outcome: 'planned', because: inferred },
      { stage: 'd', machine: 'pc-11', outcome: 'planned', because: 'd is unset' },
      { stage: 'd', machine: 'pc-12', outcome: 'planned', because: 'd is unset' },
    ]);
    expect(room.journal.filter((line) => / looks at [bc]$/.test(line))).toEqual([]);
  });

  it('looks at a child although another child is only planned', async () => {
    const room = new Rehearsal();
    room.parent.settings.set('a', 'done');
    room.child.settings.set('a', 'done');
    const a = workStage('a');
    const report = await room.run([a, workStage('b', { after: here(a), on: 'children' })], {
      dryRun: true,
    });
    expect(report.rows.slice(3)).toMatchObject([
      { because: 'b is unset' },
      { because: 'comes after what is planned above' },
    ]);
  });
});

describe('a stage that goes apart', () => {
  /** Both are held until the other one is under way, which in one lane it never would be. */
  function meetIn(room: Rehearsal, then: () => void = () => undefined): void {
    let under = 0;
    let meet: () => void;
    const met = new Promise<void>((resolve) => (meet = resolve));
    room.child.before(/! work on [ab]/, async () => {
      under += 1;
      if (under === 2) meet();
      await met;
      then();
    });
  }

  it('is carried out beside what else the machine does, and what stands on it waits', async () => {
    const room = new Rehearsal();
    meetIn(room);
    const a = workStage('a', { apart: true });
    const report = await room.run([a, workStage('b'), workStage('c', { after: here(a) })], {
      targets: [CHILD],
    });
    expect(report.rows.map((r) => r.outcome)).toEqual(['changed', 'changed', 'changed']);
    expect(room.changed.filter((line) => line.includes('work')).at(-1)).toBe('pc-11 ! work on c');
  });

  it('that fails beside another which fails sets the machine aside once, by the first cause', async () => {
    const room = new Rehearsal();
    meetIn(room, () => {
      throw broken('pc-11');
    });
    const report = await room.run([workStage('a', { apart: true }), workStage('b')], {
      targets: [PARENT, CHILD],
    });
    expect(report.rows.filter((r) => r.machine === 'pc-11').map((r) => r.outcome)).toEqual([
      'failed',
      'failed',
    ]);
    expect(room.eventsOf('set-aside')).toHaveLength(1);
    expect(report.setAside).toHaveLength(1);
  });
});

describe('a child that fails', () => {
  it('is set aside, and the others go on', async () => {
    const room = new Rehearsal();
    room.child.before(/! work on b/, () => {
      throw broken('pc-11');
    });
    const stages = [workStage('a'), workStage('b', { on: 'children' }), workStage('c')];
    const report = await room.run(stages);
    expect(report.rows.filter((r) => r.machine !== 'pc-11').map((r) => r.outcome)).toEqual(
      Array<string>(5).fill('changed'),
    );
    expect(report.rows.filter((r) => r.machine === 'pc-11').map((r) => `${r.stage} ${r.outcome}`)).toEqual([
      'a changed',
      'b failed',
    ]);
    expect(report.setAside).toMatchObject([
      {
        machine: 'pc-11',
        error: { code: 'command', hint: 'mend it', context: { stage: 'b', machine: 'pc-11' } },
      },
    ]);
    expect(report.failure).toBeUndefined();
    expect(exitCodeOf(report)).toBe(24);
    expect(room.eventsOf('set-aside')).toMatchObject([{ machine: 'pc-11', stage: 'b' }]);
  });

  it('is no machine of the room any more for the stages that follow', async () => {
    const room = new Rehearsal();
    let seen: readonly string[] = [];
    const look = stageOf('look', {
      on: 'parent',
      probe: async (m) => {
        seen = m.machines().map((machine) => machine.name);
        return { state: 'satisfied', because: 'seen' };
      },
    });
    await room.run([look], {
      connect: async ({ name }) => {
        if (name === 'pc-11') throw unreachable;
        return room.machine(name);
      },
    });
    expect(seen).toEqual(['pc-10', 'pc-12']);
  });

  it('may fail to answer in the first place', async () => {
    const room = new Rehearsal();
    const report = await room.run([workStage('a')], {
      connect: async ({ name }) => {
        if (name === 'pc-12') throw unreachable;
        return room.machine(name);
      },
    });
    expect(report.rows).toMatchObject([
      { stage: 'connect', machine: 'pc-12', outcome: 'failed' },
      { stage: 'a', machine: 'pc-10', outcome: 'changed' },
      { stage: 'a', machine: 'pc-11', outcome: 'changed' },
    ]);
    expect(exitCodeOf(report)).toBe(24);
  });

  it.each([
    ['for the same reason', unreachable, 10],
    ['for different reasons', new KmonError('no-sudo', 'no'), 24],
  ])('ends the run when all the others have failed, too, %s', async (_, second, exitCode) => {
    const room = new Rehearsal();
    const report = await room.run([workStage('a', { on: 'children' }), workStage('b', { on: 'children' })], {
      targets: [CHILD, OTHER],
      connect: async ({ name }) => {
        if (name === 'pc-11') throw unreachable;
        if (name === 'pc-12') throw second;
        return room.machine(name);
      },
    });
    expect(report.rows.map((r) => r.stage)).toEqual(['connect', 'connect']);
    expect(report.setAside.map((s) => s.machine)).toEqual(['pc-11', 'pc-12']);
    expect(exitCodeOf(report)).toBe(exitCode);
  });

  it('ends the run with its own code when the command is about it alone, although the parent serves it', async () => {
    const room = new Rehearsal();
    const parent = workStage('routes', { on: 'parent' });
    const report = await room.run([workStage('a', { on: 'children' }), parent], {
      targets: [PARENT, OTHER],
      about: [OTHER],
      connect: async ({ name }) => {
        if (name === 'pc-12') throw unreachable;
        return room.machine(name);
      },
    });
    expect(report.rows.map((r) => r.stage)).toEqual(['connect']);
    expect(exitCodeOf(report)).toBe(10);
  });
});

describe('a parent that fails', () => {
  it('ends the run with its own code, and the children are left as they are', async () => {
    const room = new Rehearsal();
    const error = new KmonError('precondition', 'too small', { hint: 'take another' });
    const a = stageOf('a', { on: 'parent', probe: async () => blocked(error) });
    const stages = [a, workStage('b', { after: onParent(a) })];
    const report = await room.run(stages);
    expect(report.rows).toEqual([{ stage: 'a', machine: 'pc-10', outcome: 'failed' }]);
    expect(report.failure).toMatchObject({ code: 'precondition', context: { machine: 'pc-10', stage: 'a' } });
    expect(report.setAside).toEqual([]);
    expect(exitCodeOf(report)).toBe(22);
    expect(room.changed).toEqual([]);
  });

  it('ends the run when it does not answer', async () => {
    const room = new Rehearsal();
    const report = await room.run([workStage('a')], {
      connect: async ({ name }) => {
        if (name === 'pc-10') throw unreachable;
        return room.machine(name);
      },
    });
    expect(exitCodeOf(report)).toBe(10);
    expect(report.rows.map((r) => r.stage)).toEqual(['connect']);
  });

  it('may fail where the command says so: the children are given back all the same', async () => {
    const room = new Rehearsal();
    const a = workStage('a');
    const asksParent = workStage('b', {
      on: 'children',
      after: onEveryone(a),
      steps: (_, c) => {
        expect(() => c.parent).toThrow(expect.objectContaining({ code: 'unreachable' }));
        return [work('b')];
      },
    });
    const report = await room.run([a, asksParent], {
      parentMayFail: true,
      connect: async ({ name }) => {
        if (name === 'pc-10') throw unreachable;
        return room.machine(name);
      },
    });
    expect(room.changed).toEqual([
      'pc-11 ! work on a',
      'pc-12 ! work on a',
      'pc-11 ! work on b',
      'pc-12 ! work on b',
    ]);
    expect(report.setAside.map((s) => s.machine)).toEqual(['pc-10']);
    expect(exitCodeOf(report)).toBe(24);
  });
});

describe('a mistake in kmon.yaml that shows only when machines are reached', () => {
  it('ends the run and is told once', async () => {
    const room = new Rehearsal();
    const damaged = new KmonError('config', 'the ssh key k is damaged');
    const report = await room.run([workStage('a')], { connect: () => Promise.reject(damaged) });
    expect(report.setAside).toEqual([]);
    expect(report.failure).toMatchObject({ code: 'config' });
    expect(exitCodeOf(report)).toBe(3);
  });
});

describe('an interruption', () => {
  it('lets the running command end, undoes what is temporary last in first out, and releases the lock', async () => {
    const room = new Rehearsal();
    const stage = stageOf('a', {
      probe: async () => pending('not yet'),
      steps: () => [
        { ...work('first'), undo: work('undo-first') },
        { ...work('half'), undo: work('undo-second') },
        work('rest'),
      ],
    });
    room.child.before(/work on half/, () => {
      room.interrupt.abort(new Error('interrupted'));
    });
    const report = await room.run([stage, workStage('b')], { targets: [CHILD] });
    expect(room.changed).toEqual([
      "pc-10 ! take the room's lock",
      'pc-11 ! work on first',
      'pc-11 ! work on half',
      'pc-11 ! work on undo-second',
      'pc-11 ! work on undo-first',
      "pc-10 ! release the room's lock",
    ]);
    expect(room.child.settings.get('half')).toBe('done');
    expect(room.parent.lock).toBeUndefined();
    expect(report.failure).toMatchObject({
      code: 'interrupted',
      hint: 'run `kmon rehearse` again to go on from here, or `kmon teardown` to give the machines back',
      context: { machine: 'pc-11', stage: 'a' },
    });
    expect(exitCodeOf(report)).toBe(130);
  });

  it('begins no further change of the resources', async () => {
    const room = new Rehearsal();
    room.child.before(/! set x/, () => {
      room.interrupt.abort(new Error('interrupted'));
    });
    const report = await room.run([settingStage('a', ['x', 'y', 'z'])], { targets: [CHILD] });
    expect(room.child.settings).toEqual(new Map([['x', 'a']]));
    expect(room.child.ledger.map((e) => e.id)).toEqual(['setting x', 'setting y', 'setting z']);
    expect(exitCodeOf(report)).toBe(130);
  });

  it('closes what a stage before had left open', async () => {
    const room = new Rehearsal();
    const closed: string[] = [];
    const open = stageOf('open');
    const between = workStage('between', { after: onEveryone(open) });
    const close = trialOf('close', {
      after: onEveryone(between),
      closes: open,
      tryOut: async (c) => void closed.push(c.machine.name),
    });
    room.child.before(/! work on between/, () => {
      room.interrupt.abort(new Error('interrupted'));
    });
    const report = await room.run([open, between, close, workStage('rest')]);
    expect(closed.toSorted()).toEqual(['pc-10', 'pc-11', 'pc-12']);
    expect(room.changed.join()).not.toContain('rest');
    expect(exitCodeOf(report)).toBe(130);
  });

  it('closes nothing that was never opened', async () => {
    const room = new Rehearsal();
    room.child.before(/! work on before/, () => {
      room.interrupt.abort(new Error('interrupted'));
    });
    const before = workStage('before');
    const open = stageOf('open', { after: onEveryone(before) });
    const report = await room.run([before, open, trialOf('close', { after: here(open), closes: open })]);
    expect(report.rows.map((r) => r.stage)).not.toContain('close');
  });

  it('begins no further stage, and connects to nobody', async () => {
    const room = new Rehearsal();
    room.interrupt.abort(new Error('interrupted'));
    const report = await room.run([workStage('a')]);
    expect(room.journal).toEqual([]);
    expect(report.failure?.hint).toBe('run `kmon rehearse` again to go on from here');
    expect(exitCodeOf(report)).toBe(130);
  });
});

describe('what is temporary', () => {
  it('is undone however the stage ends', async () => {
    const room = new Rehearsal();
    room.child.before(/! work on a/, () => {
      throw broken('pc-11');
    });
    await room.run([workStage('a', { steps: () => [{ ...work('a'), undo: work('undo') }] })]);
    expect(room.changed.filter((line) => line.includes('undo')).toSorted()).toEqual([
      'pc-10 ! work on undo',
      'pc-11 ! work on undo',
      'pc-12 ! work on undo',
    ]);
  });

  it('is told of when it cannot be undone, and the rest is undone', async () => {
    const room = new Rehearsal();
    room.child.before(/work on undo-second/, () => {
      throw broken('pc-11');
    });
    const stage = workStage('a', {
      steps: () => [
        { ...work('first'), undo: work('undo-first') },
        { ...work('a'), undo: { ...work('undo-second'), intent: 'work on undo-second' } },
      ],
    });
    const report = await room.run([stage], { targets: [CHILD] });
    expect(room.eventsOf('note')).toEqual([
      { type: 'note', machine: 'pc-11', text: 'not undone: work on undo-second (it does not work)' },
    ]);
    expect(room.child.settings.get('undo-first')).toBe('done');
    expect(report.rows).toMatchObject([{ outcome: 'changed' }]);
  });
});

describe("the room's lock", () => {
  it('is taken once for a run, and released when the run fails', async () => {
    const room = new Rehearsal();
    room.parent.before(/! work on b/, () => {
      throw broken('pc-10');
    });
    await room.run([workStage('a'), workStage('b')]);
    expect(room.changed.filter((line) => line.includes('lock'))).toEqual([
      "pc-10 ! take the room's lock",
      "pc-10 ! release the room's lock",
    ]);
  });

  it.each([
    ['children', [CHILD, OTHER]],
    ['children while the parent is a target', [PARENT, CHILD, OTHER]],
  ])('ends the run for %s when somebody else has it, and it stays his', async (_, targets) => {
    const room = new Rehearsal();
    const his = { run: 'r1', command: 'up', who: 'bob@lab', computer: 'lab', pid: 8, since: 'ten' };
    room.parent.lock = his;
    const stages = [workStage('a', { on: 'children' }), workStage('b', { on: 'parent' })];
    const report = await room.run(stages, { targets });
    expect(report.failure).toMatchObject({
      code: 'precondition',
      message: 'the room is in use by bob@lab: kmon up (run r1), since ten, 0 s ago',
      hint: expect.stringContaining('--break-lock') as string,
    });
    expect(exitCodeOf(report)).toBe(22);
    expect(report.setAside).toEqual([]);
    expect(room.changed).toEqual([]);
    expect(room.parent.lock).toBe(his);
    expect(room.eventsOf('note')).toEqual([]);
  });

  it('is taken away at the end of a run that leaves nothing, when a dead one has left it', async () => {
    const room = new Rehearsal();
    const dead = { run: 'r1', command: 'teardown', who: 'bob@lab', computer: 'lab', pid: 8, since: 'ten' };
    const lock = {
      owner: { command: 'teardown', who: 'ada@desk', computer: 'desk', pid: 7, since: 'today' },
      force: false,
      isDead: () => true,
    };
    room.parent.lock = dead;
    await room.run([stageOf('a')], { lock });
    expect(room.parent.lock).toBe(dead);
    await room.run([stageOf('a')], { lock: { ...lock, isDead: () => false }, leavesNothing: true });
    expect(room.parent.lock).toBe(dead);
    await room.run([stageOf('a')], { lock, leavesNothing: true, dryRun: true });
    expect(room.parent.lock).toBe(dead);
    await room.run([stageOf('a')], { lock, leavesNothing: true });
    expect(room.parent.lock).toBeUndefined();
  });

  it('is told of when it cannot be released', async () => {
    const room = new Rehearsal();
    room.parent.before(/release/, () => {
      throw broken('pc-10');
    });
    const report = await room.run([workStage('a')]);
    expect(exitCodeOf(report)).toBe(0);
    expect(room.eventsOf('note')).toMatchObject([
      { text: expect.stringContaining('lock was not released') as string },
    ]);
  });
});

describe('a defect of kmon', () => {
  it('ends the run as one, wherever it is', async () => {
    const room = new Rehearsal();
    const stage = stageOf('a', {
      probe: async (m) => {
        if (m.machine.name === 'pc-11') throw new TypeError('undefined is not a function');
        return { state: 'satisfied', because: 'fine' };
      },
    });
    const report = await room.run([stage, workStage('b', { after: onEveryone(stage) })]);
    expect(report.failure).toMatchObject({ code: 'bug', message: 'undefined is not a function' });
    expect(report.failure?.cause).toBeInstanceOf(TypeError);
    expect(report.rows.map((r) => r.stage)).not.toContain('b');
    expect(exitCodeOf(report)).toBe(70);
  });
});
