import type { Bundle } from '../bundle/bundle.js';
import type { Config } from '../config/config.js';
import type { KmonError } from '../errors/kmon-error.js';
import type { Facts } from '../facts/facts.js';
import type { Machine } from '../room/machine.js';
import type { Json, Resource, Reversible } from '../resources/resource.js';
import type { Runner } from '../runner/runner.js';
import type { Clock } from './clock.js';

/** What a look at a machine says about a stage. */
export type Probe =
  | { readonly state: 'satisfied'; readonly because: string }
  | { readonly state: 'pending'; readonly because: string }
  | { readonly state: 'blocked'; readonly error: KmonError };

export const satisfied = (because: string): Probe => ({ state: 'satisfied', because });
export const pending = (because: string): Probe => ({ state: 'pending', because });
export const blocked = (error: KmonError): Probe => ({ state: 'blocked', error });

/** All that a stage is given about one machine. `run` is the only way to it. */
export interface MachineContext {
  readonly machine: Machine;
  readonly config: Config;
  readonly facts: Facts;
  /** Facts of every machine that answered, by name (this one included). */
  readonly factsOf: ReadonlyMap<string, Facts>;
  readonly run: Runner;
  /** The parent's runner, for what is asked of the cluster. The parent's own `run` on the parent. */
  readonly parent: Runner;
  readonly bundle?: Bundle;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /**
   * Ends the connection to this machine and makes a new one, as somebody would who comes anew: `run` goes on with that one. Never while
   * one of its commands is under way. Rejects with the KmonError of the connection; the next command then dials once more.
   */
  redial(): Promise<void>;
  /** Machines still in the run, the parent first. */
  machines(): readonly Machine[];
  /**
   * What several machines ask at the same time is asked once: calls with the same key within `ttlMs` share one answer. For reads of
   * the cluster only.
   */
  shared<T>(key: string, ttlMs: number, ask: () => Promise<T>): Promise<T>;
  /** What the machine is doing now, for people. */
  say(text: string): void;
  /** Something people should know at the end of the run. */
  notice(text: string): void;
  /**
   * Writes into the machine's ledger how things are, before they are changed by other means than a resource. Synced when it resolves;
   * what was noted before keeps its first note.
   */
  note(things: readonly Reversible[]): Promise<void>;
  /** What the ledger says of how a thing was found; `undefined`: kmon has not noted that very thing, so it is not kmon's to destroy. */
  foundBefore(thing: Reversible): Promise<Json | undefined>;
  /** Undoes something temporary however the stage ends; last in, first out. */
  defer(intent: string, undo: () => Promise<void>): void;
}

/**
 * One step of the workshop. The engine reads `resources` in one round trip and probes; when something is pending (and it is no dry
 * run) it writes the ledger, changes the resources, calls `apply`, and probes until satisfied or `settleMs` is over.
 */
export interface Stage {
  readonly id: string;
  /** Imperative, sentence case: "Join the children". */
  readonly title: string;
  /** Stages that must be satisfied first. When one of them is pending in a dry run, this one is pending by inference and not probed. */
  readonly after: readonly string[];
  readonly on: 'parent' | 'children' | 'all';
  /**
   * It takes back what the stages in `after` left open on purpose: when the run ends early, by Ctrl-C too, and they have begun, it comes all
   * the same, on every machine that is still in the run.
   */
  readonly closes?: true;
  /** How long `probe` may take to be satisfied after `apply`, in milliseconds. */
  readonly settleMs: number;
  /** What the stage needs to have noted before its first change, such as the footprint of what others will make. */
  notes?(m: MachineContext): readonly Reversible[];
  resources?(m: MachineContext): Promise<readonly Resource[]>;
  /** Must not change anything, and must not presume that the resources are satisfied. */
  probe(m: MachineContext): Promise<Probe>;
  /** What `apply` does, line by line, for the plan; pure. */
  outline(m: MachineContext): readonly string[];
  /** Only called when `probe` said pending. */
  apply(m: MachineContext): Promise<void>;
  /** Remedy for a machine on which `probe` is still pending when `settleMs` is over; may look at the machine for the cause. */
  diagnose?(m: MachineContext, because: string): Promise<KmonError>;
}

/** A stage that only looks: it has nothing to plan and nothing to do. */
export function lookingStage(stage: Omit<Stage, 'settleMs' | 'outline' | 'apply'>): Stage {
  return { ...stage, settleMs: 0, outline: () => [], apply: async () => {} };
}
