import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/engine/report.js';
import { CHILD, ownLedger, sampleConfig, sampleFacts } from '../../support/sample-room.js';
import { Rehearsal, settingStage, workStage } from './rehearsal.js';

const ID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

describe('the id of the room', () => {
  it('is made before the first change, kept beside kmon.yaml, and carried by every entry of every ledger', async () => {
    const room = new Rehearsal();
    const kept: string[] = [];
    await room.run([settingStage('a', ['x', 'y'])], {
      keepRoomId: async (id) => {
        kept.push(id);
        expect(room.child.ledger).toEqual([]);
      },
    });
    const [id] = kept;
    expect(kept).toEqual([ID]);
    const mark = { id, name: 'atelier-1', parent: '192.0.2.10', by: 'ada@desk' };
    expect(room.parent.ledger.map((e) => e.room)).toEqual(Array(2).fill({ ...mark, role: 'parent' }));
    expect(room.child.ledger.map((e) => e.room)).toEqual(Array(2).fill({ ...mark, role: 'child' }));
  });

  it('is not made by a dry run, nor when there is nothing to change', async () => {
    const room = new Rehearsal();
    const keepRoomId = async (): Promise<void> => {
      throw new Error('nobody asked for one');
    };
    expect(exitCodeOf(await room.run([settingStage('a', ['x'])], { dryRun: true, keepRoomId }))).toBe(0);
    for (const m of [room.parent, room.child, room.other]) m.settings.set('x', 'a');
    expect(exitCodeOf(await room.run([settingStage('a', ['x'])], { keepRoomId }))).toBe(0);
  });

  it('is the one that what is made says already, and is kept then', async () => {
    const room = new Rehearsal();
    const kept: string[] = [];
    const keepRoomId = async (id: string): Promise<void> => void kept.push(id);
    const config = sampleConfig({ roomIdToBe: 'id-to-be' });
    await room.run([settingStage('a', ['x'])], { config, keepRoomId });
    expect(kept).toEqual(['id-to-be']);
    expect(room.child.ledger[0]?.room?.id).toBe('id-to-be');
  });

  it('is the one that is kept, or the one that the machines know of the same room', async () => {
    const room = new Rehearsal();
    const kept: string[] = [];
    const keepRoomId = async (id: string): Promise<void> => void kept.push(id);
    await room.run([settingStage('a', ['x'])], { config: sampleConfig({ roomId: 'kept-id' }), keepRoomId });
    expect(kept).toEqual([]);
    expect(room.child.ledger[0]?.room?.id).toBe('kept-id');
    const known = {
      id: 'known-id',
      name: 'atelier-1',
      parent: '192.0.2.10',
      role: 'child',
      by: 'bob@lab',
    } as const;
    await room.run([settingStage('b', ['z'])], {
      keepRoomId,
      facts: async () => sampleFacts(CHILD, { ledger: ownLedger('child', { room: known }) }),
    });
    expect(kept).toEqual(['known-id']);
    const stranger = { ...known, id: 'strange-id', name: 'atelier-2' };
    await room.run([settingStage('c', ['w'])], {
      keepRoomId,
      facts: async () => sampleFacts(CHILD, { ledger: ownLedger('child', { room: stranger }) }),
    });
    expect(kept.at(-1)).toEqual(ID);
  });
});

describe('what a kmon that is gone began', () => {
  it('is waited for, and then everything is looked at anew', async () => {
    const room = new Rehearsal();
    room.child.underWay = ['install containerd', 'install containerd', 'install containerd'];
    // It ends with what this run would have done.
    room.child.before(/reads the ledger/, () => {
      if (room.child.underWay.length === 0) room.child.settings.set('a', 'done');
    });
    const report = await room.run([workStage('a', { on: 'children' })], { targets: [CHILD] });
    expect(report.rows).toMatchObject([{ machine: 'pc-11', outcome: 'unchanged', because: 'done' }]);
    expect(room.changed.filter((line) => line.startsWith('pc-11'))).toEqual([]);
    expect(room.eventsOf('progress').map((e) => e.text)).toContain(
      'waiting for what an earlier run began: install containerd',
    );
  });

  it('is told of when it does not end', async () => {
    const room = new Rehearsal();
    room.child.underWay = Array<string>(2000).fill('kubeadm init');
    const report = await room.run([workStage('a', { on: 'children' })], { targets: [CHILD] });
    expect(report.setAside[0]?.error ?? report.failure).toMatchObject({
      code: 'timeout',
      message: 'what an earlier run began does not end: kubeadm init',
    });
  });
});

describe('the sign of life', () => {
  it('is given while the lock is held, and who lost it changes nothing more', async () => {
    const room = new Rehearsal();
    const stages = [workStage('a', { on: 'parent' }), workStage('b', { on: 'parent' })];
    let stopped = false;
    const report = await room.run(stages, {
      lock: {
        owner: { command: 'up', who: 'ada@desk', computer: 'desk', pid: 7, since: 'today' },
        force: false,
        isDead: () => false,
        beating: (beat) => {
          room.parent.before(/! work on a/, async () => {
            await beat();
            room.parent.lock = {
              run: 'r2',
              command: 'up',
              who: 'bob@lab',
              computer: 'lab',
              pid: 8,
              since: 'ten',
            };
            await beat();
          });
          return () => (stopped = true);
        },
      },
    });
    expect(report.failure).toMatchObject({
      code: 'precondition',
      message: expect.stringContaining('the room is in use by bob@lab: kmon up') as string,
    });
    expect(room.changed).not.toContain('pc-10 ! work on b');
    expect(room.parent.lock?.who).toBe('bob@lab');
    expect(stopped).toBe(true);
  });

  it('is waited for before the lock is given back, so that no run loses what it gives away', async () => {
    const room = new Rehearsal();
    let arrive = (): void => undefined;
    let arrived = false;
    room.parent.before(/keep the room's lock/, () => new Promise<void>((resolve) => (arrive = resolve)));
    room.parent.before(/release the room's lock/, () => {
      expect(arrived).toBe(true);
    });
    const report = await room.run([workStage('a', { on: 'parent' })], {
      lock: {
        owner: { command: 'up', who: 'ada@desk', computer: 'desk', pid: 7, since: 'today' },
        force: false,
        isDead: () => false,
        beating: (beat) => () => {
          void beat();
          setImmediate(() => {
            arrived = true;
            arrive();
          });
        },
      },
    });
    expect(report.failure).toBeUndefined();
    expect(room.eventsOf('note')).toEqual([]);
    expect(room.changed.slice(-2)).toEqual([
      "pc-10 ! keep the room's lock",
      "pc-10 ! release the room's lock",
    ]);
  });
});
