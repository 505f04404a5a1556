import { expect, it } from 'vitest';
import { MachineSession } from '../../../src/engine/session.js';
import { CHILD, sampleFacts } from '../../support/sample-room.js';
import { asks, scripted } from '../../support/scripted-runner.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { broken, MemoryMachine, setting } from './memory-machine.js';

const x = setting('x', 'a');
const y = setting('y', 'a');

function setUp(): { readonly session: MachineSession; machine: MemoryMachine; journal: string[] } {
  const journal: string[] = [];
  const machine = new MemoryMachine(CHILD.name, journal);
  return {
    session: new MachineSession(CHILD, machine, sampleFacts(CHILD), () => ({ run: 'run-1' })),
    machine,
    journal,
  };
}

it('looks at all in one round trip, and at nothing in none', async () => {
  const { session, machine, journal } = setUp();
  machine.settings.set('y', 'owner');
  expect(await session.look([x, y])).toEqual([
    { thing: x, state: 'unset' },
    { thing: y, state: 'owner' },
  ]);
  expect(await session.look([])).toEqual([]);
  expect(journal).toEqual(['pc-11 looks at x, y']);
});

it('notes with all that is needed to give back, counting on', async () => {
  const { session, machine, journal } = setUp();
  await session.note('one', [{ thing: x, state: 'owner' }]);
  await session.note('two', [
    { thing: x, state: 'a' },
    { thing: y, state: null },
  ]);
  expect(machine.ledger).toMatchObject([
    {
      seq: 1,
      run: 'run-1',
      stage: 'one',
      id: 'setting x',
      kind: 'setting',
      params: { name: 'x', value: 'a' },
      found: 'owner',
    },
    { seq: 2, run: 'run-1', stage: 'two', id: 'setting y', found: null },
  ]);
  expect(Date.parse(machine.ledger[0]?.at ?? '')).not.toBeNaN();
  expect(journal.filter((l) => l.endsWith('reads the ledger'))).toHaveLength(1);
});

it('goes on where an earlier run ended', async () => {
  const { session, machine } = setUp();
  await session.note('one', [{ thing: x, state: 'owner' }]);
  const later = new MachineSession(CHILD, machine, sampleFacts(CHILD), () => ({ run: 'run-2' }));
  await later.note('two', await later.lookAtUnnoted([x, y]));
  expect(machine.ledger.map((e) => [e.seq, e.run, e.id])).toEqual([
    [1, 'run-1', 'setting x'],
    [2, 'run-2', 'setting y'],
  ]);
});

it('reads only what is not noted yet', async () => {
  const { session, journal } = setUp();
  await session.note('one', await session.lookAtUnnoted([x]));
  journal.length = 0;
  await session.note('two', await session.lookAtUnnoted([x, y]));
  await session.note('three', await session.lookAtUnnoted([x, y]));
  expect(journal).toEqual(['pc-11 looks at y', 'pc-11 ! note how setting y was before']);
});

it('reads the ledger anew once, for all that begin when the room is taken', async () => {
  const { session, journal } = setUp();
  await session.foundBefore(x);
  await Promise.all([session.forgetReading(), session.forgetReading()]);
  await session.foundBefore(x);
  await session.forgetReading();
  await session.foundBefore(x);
  expect(journal).toEqual(['pc-11 reads the ledger', 'pc-11 reads the ledger']);
});

it('notes a thing once that comes twice at a time', async () => {
  const { session, machine } = setUp();
  const seen = await session.lookAtUnnoted([x]);
  await session.note('one', [...seen, ...seen]);
  expect(machine.ledger.map((e) => [e.seq, e.id])).toEqual([[1, 'setting x']]);
});

it('does not take for noted what did not get into the ledger', async () => {
  const { session, machine } = setUp();
  let isBroken = true;
  machine.before(/note how/, () => {
    if (isBroken) throw broken('pc-11');
  });
  await kmonErrorOf(session.note('one', [{ thing: x, state: 'owner' }]));
  isBroken = false;
  await session.note('one', [{ thing: x, state: 'owner' }]);
  expect(machine.ledger.map((e) => e.seq)).toEqual([1]);
});

it('begins nothing on a machine whose ledger is damaged', async () => {
  const run = scripted(CHILD.name, [asks('ledger.jsonl', '{broken}\n{"seq":2}\n')]);
  const session = new MachineSession(CHILD, run, sampleFacts(CHILD), () => ({ run: 'run-1' }));
  expect(await kmonErrorOf(session.note('one', [{ thing: x, state: 'owner' }]))).toMatchObject({
    code: 'precondition',
    message: 'line 1 of /var/lib/kmon/ledger.jsonl is damaged',
  });
});

it('takes a state that cannot be read for a failure', async () => {
  const run = scripted(CHILD.name, [asks('get x', 'nonsense')]);
  const session = new MachineSession(CHILD, run, sampleFacts(CHILD), () => ({ run: 'run-1' }));
  expect(await kmonErrorOf(session.look([x]))).toMatchObject({ code: 'command' });
});
