import { expect, it } from 'vitest';
import type { EngineDeps } from '../../../src/engine/deps.js';
import { planFor } from '../../../src/engine/plan.js';
import type { Plan } from '../../../src/engine/plan.js';
import { runStages } from '../../../src/engine/run.js';
import { here, pending, satisfied } from '../../../src/engine/stage.js';
import type { Stage, Verdict } from '../../../src/engine/stage.js';
import type { KnownRoom } from '../../../src/room/room.js';
import { reads } from '../../../src/shell/command.js';
import { NO_COMPUTERS, fakeClock, PARENT, sampleFacts } from '../../support/sample-room.js';
import { MemoryMachine } from './memory-machine.js';
import { stageOf, work } from './rehearsal.js';

const ROOM = { name: 'desk', parent: PARENT, children: [], observed: [] };

/** Needs nothing of kmon.yaml. */
const modest: Stage<Verdict, KnownRoom> = {
  id: 'modest',
  title: 'Do little',
  after: [],
  on: 'parent',
  settleMs: 0,
  look: async (c) => {
    const now = (await c.run.query(reads`get modest`)).stdout;
    return now === 'done' ? satisfied(`done in ${c.config.room.name}`) : pending(`it is ${now}`);
  },
  judge: (verdict) => verdict,
  steps: () => [work('modest')],
};

function depsOf(machine: MemoryMachine): EngineDeps<KnownRoom> {
  return {
    config: { room: ROOM },
    supply: undefined,
    computers: NO_COMPUTERS,
    clusterThrough: () => undefined,
    connect: async () => machine,
    redial: async () => undefined,
    facts: async () => sampleFacts(PARENT),
    clock: fakeClock(),
    signal: new AbortController().signal,
    emit: () => undefined,
    dryRun: false,
    concurrency: 1,
    lock: {
      owner: { command: 'test', who: 'ada@desk', computer: 'desk', pid: 7, since: 'today' },
      force: false,
      isDead: () => false,
    },
    keepRoomId: async () => undefined,
  };
}

it('runs what needs no kmon.yaml with no more than a room', async () => {
  const machine = new MemoryMachine(PARENT.name, []);
  const report = await runStages(planFor('test', ROOM, [modest], [PARENT]), depsOf(machine));
  expect(report.rows).toEqual([
    { stage: 'modest', machine: PARENT.name, outcome: 'changed', because: 'done in desk' },
  ]);
  expect(machine.settings.get('modest')).toBe('done');
});

/** Never called: the compiler is the test (`npm run typecheck` reads the tests too). */
export async function misuse(deps: EngineDeps<KnownRoom>): Promise<void> {
  const greedy = stageOf('greedy');
  // A run that knows more takes what needs less, and may wait for it.
  const full: Plan = planFor('test', ROOM, [modest, stageOf('after', { after: here(modest) })], [PARENT]);
  // @ts-expect-error the stage needs kmon.yaml, and this run has none
  await runStages(planFor('test', ROOM, [greedy], [PARENT]), deps);
  // @ts-expect-error nor is it to be had through a plan
  await runStages(full, deps);
  // @ts-expect-error what needs more does not become modest by another name
  const disguised: Stage<Verdict, KnownRoom> = greedy;
  await runStages(planFor('test', ROOM, [disguised], [PARENT]), deps);
}
