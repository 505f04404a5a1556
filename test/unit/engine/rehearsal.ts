import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import { throughParent } from '../../../src/cluster/through-parent.js';
import type { EngineEvent } from '../../../src/engine/events.js';
import { planFor } from '../../../src/engine/plan.js';
import type { RunReport } from '../../../src/engine/report.js';
import { runStages } from '../../../src/engine/run.js';
import type { EngineDeps } from '../../../src/engine/deps.js';
import { pending, satisfied } from '../../../src/engine/stage.js';
import type { Context, Stage, Trial, Verdict, Work } from '../../../src/engine/stage.js';
import type { Results } from '../../../src/engine/results.js';
import type { ChangeStep } from '../../../src/engine/step.js';
import { allMachines } from '../../../src/room/room.js';
import type { Machine } from '../../../src/room/machine.js';
import { changes, reads } from '../../../src/shell/command.js';
import {
  CHILD,
  fakeClock,
  NO_COMPUTERS,
  OTHER,
  PARENT,
  sampleConfig,
  sampleFacts,
} from '../../support/sample-room.js';
import { MemoryMachine, setting } from './memory-machine.js';

/** A room of memory machines, and everything that happens in it. */
export class Rehearsal {
  readonly journal: string[] = [];
  readonly events: EngineEvent[] = [];
  readonly config = sampleConfig();
  readonly interrupt = new AbortController();
  readonly parent = new MemoryMachine(PARENT.name, this.journal);
  readonly child = new MemoryMachine(CHILD.name, this.journal);
  readonly other = new MemoryMachine(OTHER.name, this.journal);

  run(
    stages: readonly Work<unknown>[],
    more: Partial<EngineDeps> & {
      readonly targets?: readonly Machine[];
      readonly about?: readonly Machine[];
    } = {},
  ): Promise<RunReport> {
    const { targets = allMachines(this.config.room), about, ...deps } = more;
    this.journal.length = 0;
    this.events.length = 0;
    return runStages(planFor('rehearse', this.config.room, stages, targets, about), {
      config: this.config,
      supply: onlineSupply,
      computers: NO_COMPUTERS,
      clusterThrough: (parent) => throughParent(parent, onlineSupply),
      connect: async ({ name }) => this.machine(name),
      redial: async ({ name }) => {
        this.journal.push(`${name} is dialled anew`);
      },
      facts: async ({ machine }) => sampleFacts(named(machine)),
      clock: fakeClock(),
      signal: this.interrupt.signal,
      emit: (event) => this.events.push(event),
      dryRun: false,
      concurrency: 30,
      lock: {
        owner: { command: 'rehearse', who: 'ada@desk', computer: 'desk', pid: 7, since: 'today' },
        force: false,
        isDead: () => false,
      },
      keepRoomId: async () => {},
      ...deps,
    });
  }

  machine(name: string): MemoryMachine {
    const machine = [this.parent, this.child, this.other].find((m) => m.machine === name);
    if (machine === undefined) throw new TypeError(`there is no ${name}`);
    return machine;
  }

  /** What was changed, in order, in the journal's words. */
  get changed(): readonly string[] {
    return this.journal.filter((line) => line.includes(' ! '));
  }

  eventsOf<T extends EngineEvent['type']>(type: T): readonly Extract<EngineEvent, { type: T }>[] {
    return this.events.filter((e): e is Extract<EngineEvent, { type: T }> => e.type === type);
  }
}

function named(name: string): Machine {
  return [PARENT, CHILD, OTHER].find((m) => m.name === name) ?? PARENT;
}

/** A stage whose look is a verdict; satisfied, but for what is given. */
export type ToldStage = Partial<Omit<Stage<Verdict>, 'look' | 'judge' | 'gives'>> & {
  readonly probe?: (c: Context, so: Results) => Promise<Verdict>;
};

export function stageOf(id: string, { probe, ...more }: ToldStage = {}): Stage<Verdict> {
  return {
    id,
    title: `Do ${id}`,
    after: [],
    on: 'all',
    settleMs: 0,
    look: probe ?? (async () => satisfied('as it should be')),
    foresee: () => pending('not looked at'),
    judge: (verdict) => verdict,
    ...more,
  };
}

/** A stage of nothing but resources: settings with the stage's id as their value. */
export function settingStage(id: string, names: readonly string[], more: ToldStage = {}): Stage<Verdict> {
  return stageOf(id, { resources: () => names.map((name) => setting(name, id)), ...more });
}

/** A stage that does its work in a step: it sets its id to `done`. */
export function workStage(id: string, more: ToldStage = {}): Stage<Verdict> {
  return stageOf(id, {
    probe: async (c) => {
      const now = (await c.run.query(reads`get ${id}`)).stdout;
      return now === 'done' ? satisfied('done') : pending(`${id} is ${now}`);
    },
    steps: () => [work(id)],
    ...more,
  });
}

export function work(id: string): ChangeStep {
  return { at: 'machine', intent: `work on ${id}`, command: changes`set ${id} done` };
}

/** A trial that finds nothing. */
export function trialOf(id: string, more: Partial<Trial<undefined>> = {}): Trial<undefined> {
  return {
    id,
    title: `Try ${id}`,
    after: [],
    on: 'all',
    tryOut: async () => undefined,
    inWords: () => 'tried',
    ...more,
  };
}
