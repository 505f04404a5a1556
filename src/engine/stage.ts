import type { Config } from '../config/config.js';
import type { KmonError } from '../errors/kmon-error.js';
import type { Json, Resource, Reversible } from '../resources/resource.js';
import type { KnownRoom } from '../room/room.js';
import type { RelayDoors } from '../relay/doors.js';
import type { ExecResult } from '../runner/runner.js';
import type { Command } from '../shell/command.js';
import type { Language } from '../shell/language.js';
import type { ComputerContext, Context } from './context.js';
import type { Key, Results } from './results.js';
import type { GiveBackThereStep, Step } from './step.js';
import { satisfied } from './verdict.js';
import type { Verdict } from './verdict.js';

export type { ComputerContext, Context, Reader } from './context.js';
export { blocked, pending, satisfied } from './verdict.js';
export type { Verdict } from './verdict.js';

/** What must have come so far before: that stage on the same machine, on the parent, or on everyone. A stage that is not in the run is no matter. */
export interface After {
  readonly stage: AnyWork;
  readonly where: 'here' | 'parent' | 'everyone';
  /** `noted`: its entries are in the ledger, or it has ended. */
  readonly until: 'ended' | 'noted';
}

export const here = (...stages: readonly AnyWork[]): readonly After[] =>
  stages.map((stage) => ({ stage, where: 'here', until: 'ended' }));
export const onParent = (...stages: readonly AnyWork[]): readonly After[] =>
  stages.map((stage) => ({ stage, where: 'parent', until: 'ended' }));
export const onEveryone = (...stages: readonly AnyWork[]): readonly After[] =>
  stages.map((stage) => ({ stage, where: 'everyone', until: 'ended' }));
/** Not after the work, but behind it in the ledger: so it is undone while what the other brings is still there. */
export const behind = (...stages: readonly AnyWork[]): readonly After[] =>
  stages.map((stage) => ({ stage, where: 'here', until: 'noted' }));

/** What is common to all that a run is made of. */
interface Titled<T> extends Key<T> {
  /** Imperative, sentence case: "Join the children". */
  readonly title: string;
  /** In a dry run, what stands on something that is only planned is planned by inference and not looked at. */
  readonly after: readonly After[];
  /**
   * `all`: the machines that the command is about; `room`: also those that only serve them. `cluster`: once, through the parent, and beside
   * what the parent itself does. `observed`: the computers that are only observed.
   */
  readonly on: 'parent' | 'children' | 'all' | 'room' | 'cluster' | 'observed';
  /**
   * It takes back what that stage left open on purpose: when the run ends early, by Ctrl-C too, and that one has begun, it comes all the same,
   * on every machine that is still in the run.
   */
  readonly closes?: AnyWork;
  /** One machine after the other. */
  readonly oneAtATime?: true;
  /**
   * On each machine it goes beside what else is done there, and waits for nothing but `after`: it shares nothing that is changed with any stage
   * but those that it is after and those that are after it.
   */
  readonly apart?: true;
  /**
   * It belongs to what a machine that has no ledger of kmon's is sure to need: there the room is taken before it looks, so that nothing has to
   * be looked at a second time once the room is taken.
   */
  readonly first?: true;
  /**
   * It sends files from this computer, whose line all share. So the parent's go first: everybody waits for the cluster, and has time while it is
   * made. What goes to the others follows when the parent's has come, or after `HEAD_START_MS`.
   */
  readonly sends?: true;
}

/**
 * What is brought about in one place. The engine looks; when what was seen is not as it should be (and it is no dry run) it writes the ledger,
 * changes the resources, carries the steps out in order, and looks until satisfied or `settleMs` is over. What is neither in `resources` nor
 * in `steps` does not happen.
 *
 * `X` is what it is given there, `G` the language of the things there, `S` what its steps may be.
 */
export interface Converging<L, X, G extends Language, S> extends Key<L> {
  /** How long `look` may take to be satisfying after the steps, in milliseconds. */
  readonly settleMs: number;
  /** Changes nothing, and does not presume that the resources are satisfied. `so`: what the steps of this run have given, none at first. */
  look(c: X, so: Results): Promise<L>;
  /**
   * What `look` would see if all that this stage is after were done, and nothing of it: what a plan by inference is made from. Absent: what it is
   * after changes nothing that it looks at.
   */
  foresee?(c: X): L;
  /** Pure. */
  judge(seen: L, c: X): Verdict;
  /** What the stage needs to have noted before its first change, such as the footprint of what others will make. */
  notes?(seen: L, c: X): readonly Reversible<Json, G>[];
  /** What must be so on the machine; pure over what was seen. */
  resources?(seen: L, c: X): readonly Resource<Json, G>[] | Promise<readonly Resource<Json, G>[]>;
  /**
   * What is done behind the resources, in order; pure over what was seen. Asked when `judge` said pending, or when resources are wrong:
   * `changing` are those.
   */
  steps?(seen: L, c: X, changing: readonly Resource<Json, G>[]): readonly S[];
  /**
   * Asked every few seconds while the stage settles: what it waits for, as far as that can be known. Words are told; an error that is given twice
   * in a row ends the wait with it, since nothing will come. Only looks.
   */
  hindrance?(c: X): Promise<KmonError | string | undefined>;
  /** Remedy for a machine that is still pending when `settleMs` is over; may look at the machine for the cause. */
  diagnose?(because: string, c: X): Promise<KmonError>;
  /** After a step failed, or Ctrl-C: what counts as seen last, of what the steps before have given. Absent: what was seen before them. */
  remains?(so: Results, c: X): L;
  /** After a step failed, or Ctrl-C: may wait until the machine is as it was again. What is thrown instead, and what the ledger may forget then. */
  rescue?(error: unknown, seen: L, c: X): Promise<Rescued<G>>;
}

export interface Rescued<G extends Language = 'sh'> {
  readonly error: unknown;
  /** Proven as found: nothing of it is left to give back. */
  readonly forget?: readonly Reversible<Json, G>[];
}

/**
 * One step of the workshop, on each of its machines. `C` is what the stage has to know of the room: a run that knows less cannot be given the
 * stage (`in`: its methods alone would not forbid it).
 */
export interface Stage<L = unknown, in C extends KnownRoom = Config>
  extends Titled<L>, Converging<L, Context<C>, 'sh', Step<C>> {
  readonly on: OnMachines;
  /** The machine that is changed on behalf of each child is the parent. */
  readonly changes?: 'parent';
}

/** The same on the computers that are only observed. */
export interface ComputerStage<L = unknown, in C extends KnownRoom = Config>
  extends Titled<L>, Converging<L, ComputerContext<C>, Language, GiveBackThereStep> {
  readonly on: 'observed';
}

type OnMachines = Exclude<Titled<unknown>['on'], 'observed'>;

/**
 * Starts something on a machine that ends there by itself (a listener, a measurement, a pod). Neither a look nor a change: nothing is noted, and
 * it is in a plan only where what it stands on is yet to be done.
 */
export interface Trial<T = unknown, in C extends KnownRoom = Config> extends Titled<T> {
  readonly on: OnMachines;
  tryOut(c: TrialContext<C>): Promise<T>;
  inWords(tried: T): string;
  /** What of it keeps the machine from going on. Absent: whatever comes of it is something seen and no failure of the machine. */
  fails?(tried: T): KmonError | undefined;
}

export interface TrialContext<C extends KnownRoom = Config> extends Context<C> {
  /** What can be opened from the machine to here; absent: nothing. */
  readonly relay?: RelayDoors;
  attempt(command: Command<'tries'>): Promise<ExecResult>;
  /** The same where kubectl runs that leads to the cluster. */
  attemptOnCluster(command: Command<'tries'>): Promise<ExecResult>;
}

/** What is done on machines. `T` is what it gives: see `RoomContext.seen`. */
export type MachineWork<T, C extends KnownRoom = Config> = Stage<T, C> | Trial<T, C>;

/** What a run is made of. */
export type Work<T, C extends KnownRoom = Config> = MachineWork<T, C> | ComputerStage<T, C>;

/** Some work, whatever it needs: to be named, not to be done. */
export type AnyWork = Work<unknown, never>;

export function isOnComputers<C extends KnownRoom>(
  work: Work<unknown, C>,
): work is ComputerStage<unknown, C> {
  return work.on === 'observed';
}

export function isTrial<C extends KnownRoom>(work: Work<unknown, C>): work is Trial<unknown, C> {
  return 'tryOut' in work;
}

/** A stage that only looks: it has nothing to plan and nothing to do. */
export function lookingStage<L>(
  stage: Omit<Stage<L>, 'settleMs' | 'foresee' | 'steps' | 'resources' | 'notes'>,
): Stage<L> {
  return { ...stage, settleMs: 0 };
}

/** A stage that is nothing but resources. */
export function resourceStage(
  stage: Omit<Stage<undefined>, 'settleMs' | 'look' | 'foresee' | 'judge' | 'steps'> & {
    readonly because?: string;
  },
): Stage<undefined> {
  const { because = 'as it should be', ...rest } = stage;
  return {
    ...rest,
    settleMs: 0,
    look: async () => undefined,
    foresee: () => undefined,
    judge: () => satisfied(because),
  };
}
