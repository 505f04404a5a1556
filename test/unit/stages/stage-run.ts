import { supplyFor } from '../../../src/artifacts/supply-for.js';
import type { Supply } from '../../../src/artifacts/supply.js';
import type { Bundle } from '../../../src/bundle/bundle.js';
import { throughParent } from '../../../src/cluster/through-parent.js';
import type { Config } from '../../../src/config/config.js';
import { runStageOnMachine } from '../../../src/engine/converge.js';
import type { EngineEvent } from '../../../src/engine/events.js';
import type { EngineDeps } from '../../../src/engine/deps.js';
import { MachineSession } from '../../../src/engine/session.js';
import { sharedAnswers } from '../../../src/engine/shared.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { isTrial } from '../../../src/engine/stage.js';
import type { MachineWork } from '../../../src/engine/stage.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { Facts } from '../../../src/facts/facts.js';
import type { Machine } from '../../../src/room/machine.js';
import { allMachines } from '../../../src/room/room.js';
import { CHILD, fakeClock, NO_COMPUTERS, sampleConfig, sampleFacts } from '../../support/sample-room.js';
import { asks, does, scripted, scriptedDry } from '../../support/scripted-runner.js';
import type { Given, Step } from '../../support/scripted-runner.js';
import { learn, looks } from './things.js';

/** What the two machines of a play expect, each in its order. On the parent itself there is only its own part. */
export interface Part {
  readonly parent?: readonly Step[];
  readonly child?: readonly Step[];
}

export interface Setting {
  /** The machine the stage works on; a child when absent. */
  readonly machine?: Machine;
  readonly config?: Partial<Config>;
  readonly facts?: Partial<Facts>;
  readonly bundle?: Bundle;
  /** In the place of what there would be online or in the bundle. */
  readonly supply?: Supply;
  readonly dryRun?: boolean;
  readonly byInference?: true;
  /** The machines that the command is about; this one alone when absent. */
  readonly about?: readonly Machine[];
  /** What other stages saw; what this one sees is there afterwards. */
  readonly seen?: SeenByStage;
  readonly signal?: AbortSignal;
  /** Where a relay is; absent: there is none. */
  readonly relay?: EngineDeps['relay'];
  /** The cluster is no room's, and reached by this context. */
  readonly context?: string;
  /** How dialling the machine anew ends; as it should when absent. */
  readonly redial?: () => Promise<void>;
}

/** How a stage ended on its machine, and everything that was said and typed on the way. */
export interface Played {
  readonly outcome: string;
  readonly because?: string;
  readonly error?: KmonError;
  readonly events: readonly EngineEvent[];
  readonly journal: readonly Given[];
}

/** The engine notes in the ledger of a machine that has none. */
export const noting: readonly Step[] = [asks('ledger.jsonl'), looks('bare'), does(/^note how /)];

export function parts(...all: readonly Part[]): Part {
  return {
    parent: all.flatMap((p) => p.parent ?? []),
    child: all.flatMap((p) => p.child ?? []),
  };
}

/** One stage on one machine, as the engine takes it there, with scripted machines. Fails unless the whole part was played. */
export async function play(stage: MachineWork<unknown>, part: Part, setting: Setting = {}): Promise<Played> {
  const { machine = CHILD, dryRun = false, bundle } = setting;
  const journal: Given[] = [];
  const events: EngineEvent[] = [];
  const emit = (event: EngineEvent): void => void events.push(event);
  const config = sampleConfig({
    ...setting.config,
    ...(bundle === undefined ? {} : { bundle: bundle.folder }),
  });
  const open = dryRun ? scriptedDry : scripted;
  const { parent } = config.room;
  const session = (m: Machine, steps: readonly Step[]): MachineSession =>
    new MachineSession(
      m,
      open(m.name, steps, { journal, trace: emit }),
      sampleFacts(m, setting.facts),
      () => ({ run: 'the-run' }),
    );
  const room = new Map([[parent.name, session(parent, part.parent ?? [])]]);
  if (machine.role === 'child') room.set(machine.name, session(machine, part.child ?? []));
  const own = room.get(machine.name);
  if (own === undefined) throw new TypeError(`${machine.name} is not in the room`);
  const clock = fakeClock();
  const supply = setting.supply ?? supplyFor(config, bundle);
  const deps: EngineDeps = {
    config,
    supply,
    ...(setting.relay === undefined ? {} : { relay: setting.relay }),
    computers: NO_COMPUTERS,
    clusterThrough: (through) => ({
      ...throughParent(through, supply),
      ...(setting.context === undefined ? {} : { context: setting.context }),
    }),
    connect: async () => own.run,
    redial: setting.redial ?? (async () => undefined),
    facts: async () => own.facts,
    clock,
    signal: setting.signal ?? new AbortController().signal,
    emit,
    dryRun,
    concurrency: 1,
    lock: { owner: NOBODY, force: false, isDead: () => false },
    keepRoomId: async () => {},
  };
  const seen = setting.seen ?? new SeenByStage();
  const played = watched(stage);
  try {
    const row = await runStageOnMachine(played, machine, {
      deps,
      room,
      machines: () => allMachines(config.room),
      about: setting.about ?? [machine],
      shared: sharedAnswers(clock),
      seen,
      byInference: setting.byInference === true,
      going: { noted: () => undefined, lineFree: async () => undefined },
      isOurs: () => true,
      beforeFirstChange: async () => {},
    });
    return { ...row, events, journal };
  } catch (error) {
    if (!(error instanceof KmonError)) throw error;
    return { outcome: 'failed', error, events, journal };
  } finally {
    for (const [name, what] of seen.of(played)) seen.keep(stage, name, what);
  }
}

const NOBODY = { command: 'test', who: 'ada@desk', computer: 'desk', pid: 7, since: 'today' };

/** The same stage; the scripted machines get to know what it is about to look at. */
export function watched(stage: MachineWork<unknown>): MachineWork<unknown> {
  if (isTrial(stage)) return stage;
  const { resources, notes, rescue } = stage;
  return {
    ...stage,
    ...(resources === undefined
      ? {}
      : { resources: async (seen, c) => learn(await resources.call(stage, seen, c)) }),
    ...(notes === undefined ? {} : { notes: (seen, c) => learn(notes.call(stage, seen, c)) }),
    ...(rescue === undefined ? {} : { rescue: (error, seen, c) => rescue.call(stage, error, seen, c) }),
  };
}

/** What the plan of a play said, and what was then carried out, but for the ledger. */
export function plannedIn({ events }: Played): readonly string[] {
  return events.flatMap((e) => (e.type === 'planned' ? [e.change] : []));
}

export function carriedOutIn({ journal }: Played): readonly string[] {
  return journal.flatMap((g) =>
    g.verb === 'mutate' && !/^(note how |forget what is as found$)/.test(g.intent ?? '')
      ? [g.intent ?? '']
      : [],
  );
}
