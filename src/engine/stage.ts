import type { Bundle } from '../bundle/bundle.js';
import type { Config } from '../config/config.js';
import type { Facts } from '../machines/facts.js';
import type { Machine } from '../machines/machine.js';
import type { Json, Resource, Reversible } from '../resources/resource.js';
import type { Runner } from '../runner/runner.js';
import type { KmonError } from '../errors/kmon-error.js';
import type { Clock } from './clock.js';

/** What a look at a machine says about a stage. */
export type Probe =
  | { readonly state: 'satisfied'; readonly because: string }
  | { readonly state: 'pending'; readonly because: string }
  | { readonly state: 'blocked'; readonly error: KmonError };

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
  readonly parentFacts: Facts;
  /** Children that are still in the run. */
  readonly children: readonly Machine[];
  readonly bundle?: Bundle;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What the machine is doing now, for people. */
  say(text: string): void;
  /** Writes into the machine's ledger how something is before it is changed by other means than a resource. Synced when it resolves. */
  note(thing: Reversible<Json>): Promise<void>;
  /** Undoes something temporary however the stage ends; last in, first out. */
  defer(intent: string, undo: () => Promise<void>): void;
}

/**
 * One step of the workshop. The engine reads `resources` in one round trip, probes, and when something is pending (and it is no dry
 * run): writes the ledger, changes the resources, calls `apply`, and probes until satisfied or `settleMs` is over.
 */
export interface Stage {
  readonly id: string;
  /** Imperative, sentence case: "Join the children". */
  readonly title: string;
  /** Stages that must be satisfied first. When one of them is pending in a dry run, this one is pending by inference and not probed. */
  readonly after: readonly string[];
  readonly on: 'parent' | 'children' | 'all';
  /** How long `probe` may take to be satisfied after `apply`, in milliseconds. */
  readonly settleMs: number;
  resources?(m: MachineContext): readonly Resource[];
  /** Must not change anything. Called only when the resources were read; not called for stages that are pending by inference. */
  probe(m: MachineContext): Promise<Probe>;
  /** What `apply` does, line by line, for the plan; pure. */
  outline(m: MachineContext): readonly string[];
  apply(m: MachineContext): Promise<void>;
}
