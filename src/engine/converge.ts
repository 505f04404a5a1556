import { KmonError } from '../errors/kmon-error.js';
import type { Json, Resource } from '../resources/resource.js';
import type { Machine } from '../room/machine.js';
import type { KnownRoom } from '../room/room.js';
import { forStage } from '../runner/for-stage.js';
import type { Runner } from '../runner/runner.js';
import type { Language } from '../shell/language.js';
import { carryOut } from './carry-out.js';
import type { Deferred } from './carry-out.js';
import type { ComputerSession } from './computer-session.js';
import type { RoomContext } from './context.js';
import { clusterOf, clusterSessionOf, computerContextOf, contextOf, parentOf, sessionOf } from './setting.js';
import type { StageSetting } from './setting.js';
import type { Outcome } from './report.js';
import { ResultStore } from './results.js';
import type { Session } from './session.js';
import { unsatisfied } from './noted-resources.js';
import type { Noticed, StageResources } from './noted-resources.js';
import { isTrial } from './stage.js';
import type { ComputerStage, Converging, MachineWork, Stage, Trial, TrialContext, Verdict } from './stage.js';
import { isChange, linesOf } from './step.js';
import type { Step } from './step.js';
import { until } from './until.js';

/** What a stage came to in one place. */
export interface Row {
  readonly outcome: Outcome;
  readonly because?: string;
}

/**
 * Look, change only what is not as it should be, look again: one stage on one machine. In a dry run it ends after the look.
 * Rejects with the KmonError that says why the stage is not satisfied.
 */
export async function runStageOnMachine<C extends KnownRoom>(
  stage: MachineWork<unknown, C>,
  machine: Machine,
  setting: StageSetting<C>,
): Promise<Row> {
  if (isTrial(stage)) return tryOut(stage, machine, setting);
  const session = placeOf(stage, machine, setting);
  const c = contextOf(stage.id, machine, session, setting);
  const deferred: Deferred[] = [];
  try {
    return await new Convergence(stage, session, setting, c, (steps, results) =>
      carryOut(steps, {
        c,
        machine: forStage(session.run, stage.id),
        cluster: () => forStage(knownCluster(setting), stage.id),
        results,
        defer: (one) => deferred.push(one),
      }),
    ).go();
  } finally {
    for (const { intent, undo } of deferred.toReversed()) {
      await undo().catch((error: unknown) => {
        c.notice(`not undone: ${intent} (${error instanceof Error ? error.message : String(error)})`);
      });
    }
  }
}

/** The same on a computer that is only observed. */
export async function runStageOnComputer<C extends KnownRoom>(
  stage: ComputerStage<unknown, C>,
  session: ComputerSession,
  setting: StageSetting<C>,
): Promise<Row> {
  const c = computerContextOf(stage.id, session, setting);
  return new Convergence(stage, session, setting, c, (steps, results) =>
    session.carryOut(steps, { stage: stage.id, c, results }),
  ).go();
}

function placeOf<C extends KnownRoom>(
  { on, changes }: Stage<unknown, C>,
  machine: Machine,
  setting: StageSetting<C>,
): Session {
  if (on === 'cluster') return clusterSessionOf(machine, setting);
  return changes === 'parent' ? parentOf(setting) : sessionOf(machine, setting);
}

async function tryOut<C extends KnownRoom>(
  trial: Trial<unknown, C>,
  machine: Machine,
  setting: StageSetting<C>,
): Promise<Row> {
  const { deps, seen } = setting;
  if (trial.closes === undefined) deps.signal.throwIfAborted();
  if (deps.dryRun && !setting.byInference)
    return { outcome: 'unchanged', because: 'it changes nothing: not tried' };
  if (deps.dryRun) {
    deps.emit({ type: 'planned', stage: trial.id, machine: machine.name, change: inPlan(trial) });
    return { outcome: 'planned' };
  }
  const session = sessionOf(machine, setting);
  const attempts: Pick<TrialContext<C>, 'attempt' | 'attemptOnCluster' | 'relay'> = {
    ...(deps.relay === undefined ? {} : { relay: deps.relay }),
    attempt: (command) => session.run.attempt(command),
    attemptOnCluster: (command) => knownCluster(setting).attempt(command),
  };
  const tried = await trial.tryOut(Object.assign(contextOf(trial.id, machine, session, setting), attempts));
  seen.keep(trial, machine.name, tried);
  const failure = trial.fails?.(tried);
  if (failure !== undefined) throw failure;
  return { outcome: 'unchanged', because: trial.inWords(tried) };
}

/** The title as a line among the changes of a plan. */
function inPlan({ title }: { readonly title: string }): string {
  return `${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

/** How often is looked whether it is so by now. */
const LOOK_EVERY_MS = 1000;

/** apt may take its time on a slow line; what is longer at work than this hangs. */
const EARLIER_CHANGES_MS = 900_000;

type Wrong<G extends Language> = readonly Noticed<Resource<Json, G>, G>[];
type CarryOut<S> = (steps: readonly S[], results: ResultStore) => Promise<void>;

/** One stage in one place, from the first look to the last. */
class Convergence<C extends KnownRoom, X extends RoomContext<C>, G extends Language, S extends Step<never>> {
  private readonly results = new ResultStore();

  private readonly stage: Converging<unknown, X, G, S>;
  private readonly session: StageResources<G>;
  private readonly setting: StageSetting<C>;
  private readonly c: X;
  private readonly carryOutThere: CarryOut<S>;

  constructor(
    stage: Converging<unknown, X, G, S>,
    session: StageResources<G>,
    setting: StageSetting<C>,
    c: X,
    carryOutThere: CarryOut<S>,
  ) {
    this.stage = stage;
    this.session = session;
    this.setting = setting;
    this.c = c;
    this.carryOutThere = carryOutThere;
  }

  async go(): Promise<Row> {
    const { stage, session, c, setting } = this;
    const { deps } = setting;
    deps.signal.throwIfAborted();
    if (setting.byInference && stage.foresee !== undefined) return this.infer(stage.foresee(c));
    const wasOurs = setting.isOurs();
    const { seen, verdict } = await this.look();
    const wrong = unsatisfied(await session.look((await stage.resources?.(seen, c)) ?? []));
    if (wrong.length === 0 && verdict.state === 'satisfied')
      return { outcome: 'unchanged', because: verdict.because };
    const steps = this.steps(seen, wrong);
    const changes = wrong.length > 0 || steps.some(isChange);
    if (changes && !deps.dryRun && (await this.isOld(wasOurs))) return this.go();
    this.plan(wrong, steps);
    // The plan's lines say why when only resources are wrong: a look does not see those.
    if (deps.dryRun)
      return { outcome: 'planned', ...(verdict.state === 'pending' ? { because: verdict.because } : {}) };
    if (changes) {
      const unnoted = await session.lookAtUnnoted(stage.notes?.(seen, c) ?? []);
      await session.note(stage.id, [...unnoted, ...wrong]);
      setting.going.noted();
      await this.changeResources(wrong);
    }
    // The resources were looked at again; a verdict that does not depend on them stands.
    if (verdict.state === 'satisfied' && steps.length === 0)
      return { outcome: 'changed', because: verdict.because };
    await setting.going.lineFree();
    await this.carryOut(steps, seen);
    // What was asked of the cluster before is worth nothing now.
    if (steps.some(isChange)) setting.shared.forget();
    // Nothing can be otherwise than a moment ago.
    else if (wrong.length === 0 && steps.length === 0) await c.clock.sleep(LOOK_EVERY_MS, c.signal);
    return { outcome: changes ? 'changed' : 'unchanged', because: await this.settle() };
  }

  /** Resources can be looked at all the same; what they need may not be there yet, and then they are as wrong as they look. */
  private async infer(seen: unknown): Promise<Row> {
    const { stage, session, c } = this;
    const wrong = unsatisfied(await session.look((await stage.resources?.(seen, c)) ?? []));
    const verdict = stage.judge(seen, c);
    if (wrong.length === 0 && verdict.state === 'satisfied')
      return { outcome: 'unchanged', because: verdict.because };
    this.plan(wrong, this.steps(seen, wrong));
    return { outcome: 'planned', because: 'comes after what is planned above' };
  }

  /** @throws the error of a verdict that is blocked. */
  private async look(): Promise<{
    readonly seen: unknown;
    readonly verdict: Exclude<Verdict, { state: 'blocked' }>;
  }> {
    const { stage, c, setting } = this;
    const seen = await stage.look(c, this.results);
    setting.seen.keep(stage, c.machine.name, seen);
    const verdict = stage.judge(seen, c);
    if (verdict.state === 'blocked') throw verdict.error;
    return { seen, verdict };
  }

  private steps(seen: unknown, wrong: Wrong<G>): readonly S[] {
    const changing = wrong.map((w) => w.thing);
    return this.stage.steps?.(seen, this.c, changing) ?? [];
  }

  private plan(wrong: Wrong<G>, steps: readonly S[]): void {
    const lines = [...wrong.map((w) => w.thing.describe(w.state)), ...steps.flatMap(linesOf)];
    for (const change of lines) {
      this.setting.deps.emit({ type: 'planned', stage: this.stage.id, machine: this.c.machine.name, change });
    }
  }

  /** Before a change: whether what was seen is worth nothing, since somebody else may have been at work until now. */
  private async isOld(wasOurs: boolean): Promise<boolean> {
    const { setting, session } = this;
    await setting.beforeFirstChange();
    if (!wasOurs) {
      await session.forgetReading();
      setting.shared.forget();
    }
    const waited = await this.earlierChangesEnded();
    return !wasOurs || waited;
  }

  /**
   * Waits for changes that an earlier run, which has ended, left under way on this machine. Resolves to whether there were any: then everything
   * that was seen before is worth nothing.
   */
  private async earlierChangesEnded(): Promise<boolean> {
    const { session, c } = this;
    let last = await session.changesUnderWay();
    if (last.length === 0) return false;
    const over = await until(
      async () => {
        if (last.length === 0) return true;
        c.say(`waiting for what an earlier run began: ${last.join(', ')}`);
        last = await session.changesUnderWay();
        return undefined;
      },
      { withinMs: EARLIER_CHANGES_MS, everyMs: 2000, clock: c.clock, signal: c.signal },
    );
    if (over === true) return true;
    const { name } = session.machine;
    throw new KmonError('timeout', `what an earlier run began does not end: ${last.join(', ')}`, {
      hint: `look for it on ${name} (sudo grep -lsaz KMON_CHANGE /proc/[0-9]*/environ), or restart the machine`,
    });
  }

  private async changeResources(wrong: Wrong<G>): Promise<void> {
    if (wrong.length === 0) return;
    const { stage, session, c } = this;
    await session.change(wrong, {
      stage: stage.id,
      signal: c.signal,
      say: (text) => {
        c.say(text);
      },
    });
  }

  private async carryOut(steps: readonly S[], seen: unknown): Promise<void> {
    const { stage, session, c, results, setting } = this;
    try {
      await this.carryOutThere(steps, results);
    } catch (error) {
      if (stage.remains !== undefined) setting.seen.keep(stage, c.machine.name, stage.remains(results, c));
      if (stage.rescue === undefined) throw error;
      const rescued = await stage.rescue(error, seen, c);
      if (rescued.forget !== undefined) await session.forget(rescued.forget);
      throw rescued.error;
    }
  }

  /** Looks until the stage is satisfied; what a stage cannot say in time is a failure with its last reason. */
  private async settle(): Promise<string> {
    const { stage, c } = this;
    let because = '';
    const hindrances = new Hindrances(() => stage.hindrance?.(c), c);
    const done = await until(
      async () => {
        const { verdict } = await this.look();
        if (verdict.state === 'satisfied') return verdict.because;
        if (verdict.because !== because) c.say(verdict.because);
        because = verdict.because;
        await hindrances.ask();
        return undefined;
      },
      { withinMs: stage.settleMs, everyMs: LOOK_EVERY_MS, clock: c.clock, signal: c.signal },
    );
    if (done !== undefined) return done;
    if (stage.diagnose !== undefined) throw await stage.diagnose(because, c);
    throw new KmonError(
      'not-verified',
      `not satisfied after ${Math.round(stage.settleMs / 1000)} s: ${because}`,
    );
  }
}

/** A stage that settles fast is not asked at all. */
const HINDRANCE_EVERY_MS = 3000;

/** What a stage waits for, while it settles. */
class Hindrances {
  private last: KmonError | string | undefined;
  private next: number;

  private readonly find: () => Promise<KmonError | string | undefined> | undefined;
  private readonly c: Pick<RoomContext, 'clock' | 'say'>;

  constructor(find: Hindrances['find'], c: Hindrances['c']) {
    this.find = find;
    this.c = c;
    this.next = c.clock.now() + HINDRANCE_EVERY_MS;
  }

  /** @throws the error that was given twice in a row: once may be the end of what is being replaced. */
  async ask(): Promise<void> {
    const { clock } = this.c;
    if (clock.now() < this.next) return;
    const found = await this.find();
    const before = this.last;
    this.last = found;
    this.next = clock.now() + HINDRANCE_EVERY_MS;
    if (typeof found === 'string' && found !== before) this.c.say(found);
    if (found instanceof KmonError && before instanceof KmonError && found.message === before.message)
      throw found;
  }
}

/** @throws KmonError `bug` where none is known: a step that needs one belongs to a stage that needs kmon.yaml. */
function knownCluster<C extends KnownRoom>(setting: StageSetting<C>): Runner {
  const cluster = clusterOf(setting);
  if (cluster === undefined) throw new KmonError('bug', 'this run knows of no cluster');
  return cluster;
}
