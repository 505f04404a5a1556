import { KmonError } from '../errors/kmon-error.js';
import type { Machine } from '../room/machine.js';
import type { Resource } from '../resources/resource.js';
import type { Outcome } from './report.js';
import type { EngineDeps } from './deps.js';
import type { MachineSession, Seen } from './session.js';
import type { Shared } from './shared.js';
import type { MachineContext, Probe, Stage } from './stage.js';
import { until } from './until.js';

/** What `run.ts` knows of the room while one machine goes through one stage. */
export interface StageSetting {
  readonly deps: EngineDeps;
  readonly room: ReadonlyMap<string, MachineSession>;
  readonly machines: () => readonly Machine[];
  readonly shared: Shared;
  /** Dry run only: what this stage stands on is itself only planned, so that a look would mislead. */
  readonly byInference: boolean;
  readonly beforeFirstChange: () => Promise<void>;
}

interface Row {
  readonly outcome: Outcome;
  readonly because?: string;
}

/**
 * Look, change only what is not as it should be, look again: one stage on one machine. In a dry run it ends after the look.
 * Rejects with the KmonError that says why the stage is not satisfied.
 */
export async function runStageOnMachine(
  stage: Stage,
  session: MachineSession,
  setting: StageSetting,
): Promise<Row> {
  const deferred: { readonly intent: string; readonly undo: () => Promise<void> }[] = [];
  const m = contextOf(stage, session, setting, (intent, undo) => deferred.push({ intent, undo }));
  try {
    return await converge(stage, session, setting, m);
  } finally {
    for (const { intent, undo } of deferred.toReversed()) {
      await undo().catch((error: unknown) => {
        m.notice(`not undone: ${intent} (${error instanceof Error ? error.message : String(error)})`);
      });
    }
  }
}

async function converge(
  stage: Stage,
  session: MachineSession,
  setting: StageSetting,
  m: MachineContext,
): Promise<Row> {
  const { deps, byInference } = setting;
  if (stage.closes !== true) deps.signal.throwIfAborted();
  if (byInference) {
    plan(stage, setting, session, stage.outline(m));
    return { outcome: 'planned', because: 'comes after what is planned above' };
  }
  const resources = (await stage.resources?.(m)) ?? [];
  const wrong = unsatisfied(await session.look(resources));
  let probe = await stage.probe(m);
  if (probe.state === 'blocked') throw probe.error;
  if (wrong.length === 0 && probe.state === 'satisfied')
    return { outcome: 'unchanged', because: probe.because };

  const lines = wrong.map((w) => w.thing.describe(w.state));
  plan(stage, setting, session, probe.state === 'pending' ? [...lines, ...stage.outline(m)] : lines);
  // The plan's lines say why when only resources are wrong: a probe does not look at those.
  if (deps.dryRun)
    return { outcome: 'planned', ...(probe.state === 'pending' ? { because: probe.because } : {}) };

  await setting.beforeFirstChange();
  if (await earlierChangesEnded(session, m)) return converge(stage, session, setting, m);
  await session.noteUnread(stage.id, stage.notes?.(m) ?? []);
  if (wrong.length > 0) {
    await changeResources(stage, session, m, wrong);
    probe = await stage.probe(m);
  }
  if (probe.state === 'blocked') throw probe.error;
  if (probe.state === 'satisfied') return { outcome: 'changed', because: probe.because };
  deps.signal.throwIfAborted();
  await stage.apply(m);
  return { outcome: 'changed', because: (await settle(stage, m)).because };
}

/** apt may take its time on a slow line; what is longer at work than this hangs. */
const EARLIER_CHANGES_MS = 900_000;

/**
 * Waits for what a kmon that is gone began on this machine. Resolves to whether there was anything: then everything that was seen before is
 * worth nothing.
 */
async function earlierChangesEnded(session: MachineSession, m: MachineContext): Promise<boolean> {
  let last = await session.changesUnderWay();
  if (last.length === 0) return false;
  const over = await until(
    async () => {
      if (last.length === 0) return true;
      m.say(`waiting for what an earlier run began: ${last.join(', ')}`);
      last = await session.changesUnderWay();
      return undefined;
    },
    { withinMs: EARLIER_CHANGES_MS, everyMs: 2000, clock: m.clock, signal: m.signal },
  );
  if (over === true) return true;
  throw new KmonError('timeout', `what an earlier run began does not end: ${last.join(', ')}`, {
    hint: `look for it on ${m.machine.name} (sudo grep -lsaz KMON_CHANGE /proc/[0-9]*/environ), or restart the machine`,
  });
}

async function changeResources(
  stage: Stage,
  session: MachineSession,
  m: MachineContext,
  wrong: readonly Seen<Resource>[],
): Promise<void> {
  await session.note(stage.id, wrong);
  for (const { thing, state } of wrong) {
    m.signal.throwIfAborted();
    m.say(thing.describe(state));
    await session.run.mutate(thing.describe(state), thing.change(state));
  }
  const still = unsatisfied(await session.look(wrong.map((w) => w.thing)));
  if (still.length > 0) {
    throw new KmonError(
      'not-verified',
      `${still.map((s) => s.thing.id).join(', ')} did not take the change`,
      {
        hint: 'see the transcript for what the machine said',
      },
    );
  }
}

/** Looks until the stage is satisfied; what a stage cannot say in time is a failure with its last reason. */
async function settle(stage: Stage, m: MachineContext): Promise<Probe & { readonly state: 'satisfied' }> {
  let because = '';
  const done = await until(
    async () => {
      const probe = await stage.probe(m);
      if (probe.state === 'blocked') throw probe.error;
      if (probe.state === 'satisfied') return probe;
      if (probe.because !== because) m.say(probe.because);
      because = probe.because;
      return undefined;
    },
    { withinMs: stage.settleMs, everyMs: 1000, clock: m.clock, signal: m.signal },
  );
  if (done !== undefined) return done;
  if (stage.diagnose !== undefined) throw await stage.diagnose(m, because);
  throw new KmonError(
    'not-verified',
    `not satisfied after ${Math.round(stage.settleMs / 1000)} s: ${because}`,
  );
}

function unsatisfied(seen: readonly Seen<Resource>[]): readonly Seen<Resource>[] {
  return seen.filter((s) => !s.thing.satisfied(s.state));
}

function plan(stage: Stage, setting: StageSetting, session: MachineSession, lines: readonly string[]): void {
  for (const change of lines) {
    setting.deps.emit({ type: 'planned', stage: stage.id, machine: session.machine.name, change });
  }
}

function contextOf(
  stage: Stage,
  session: MachineSession,
  setting: StageSetting,
  defer: MachineContext['defer'],
): MachineContext {
  const { deps, room } = setting;
  const machine = session.machine.name;
  return {
    machine: session.machine,
    config: deps.config,
    facts: session.facts,
    factsOf: new Map([...room].map(([name, s]) => [name, s.facts])),
    run: session.run,
    get parent() {
      const { parent } = deps.config.room;
      const open = room.get(parent.name);
      if (open === undefined)
        throw new KmonError('unreachable', `the parent ${parent.name} is not connected`);
      return open.run;
    },
    ...(deps.bundle === undefined ? {} : { bundle: deps.bundle }),
    clock: deps.clock,
    signal: deps.signal,
    redial: () => deps.redial(session.machine),
    machines: setting.machines,
    shared: setting.shared,
    say: (text) => {
      deps.emit({ type: 'progress', stage: stage.id, machine, text });
    },
    notice: (text) => {
      deps.emit({ type: 'note', machine, text });
    },
    note: (things) => session.noteUnread(stage.id, things),
    foundBefore: (thing) => session.foundBefore(thing),
    defer,
  };
}
