import type { Supply } from '../artifacts/supply.js';
import type { ClusterReader } from '../cluster/cluster-runner.js';
import type { Config } from '../config/config.js';
import type { Facts } from '../facts/facts.js';
import type { Json, Reversible } from '../resources/resource.js';
import type { Machine } from '../room/machine.js';
import type { KnownRoom } from '../room/room.js';
import type { Runner } from '../runner/runner.js';
import type { Clock } from './clock.js';
import type { Key } from './results.js';

/** The looking half of a runner: whoever holds only this can change nothing. */
export type Reader = Pick<Runner, 'machine' | 'query'>;

/** What kmon.yaml alone can tell, such as where things come from: whoever does without it has none of it. */
export type Told<C extends KnownRoom, T> = [C] extends [Config] ? T : undefined;

/**
 * All that a stage is given to look at one machine with. Changes are its steps and resources, which the engine carries out. `C` is what the
 * stage has to know of the room: kmon.yaml, unless it says that it needs less.
 */
export interface Context<C extends KnownRoom = Config> {
  /** The machine that the stage is about. */
  readonly machine: Machine;
  readonly config: C;
  readonly facts: Facts;
  /** Facts of every machine that answered, by name (this one included). */
  readonly factsOf: ReadonlyMap<string, Facts>;
  /** The machine on which the stage works: the same, unless the stage says otherwise (`Stage.changes`). */
  readonly run: Reader;
  /** The parent, for what is asked of that machine itself. Its own `run` on the parent. @throws KmonError `unreachable` */
  readonly parent: Reader;
  /** The cluster, wherever its kubectl and helm run: on the parent, or on this computer. @throws KmonError `unreachable` */
  readonly cluster: Told<C, ClusterReader>;
  /** Where programs, packages, images and charts come from. */
  readonly supply: Told<C, Supply>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The machines that the command is about. */
  readonly about: readonly Machine[];
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
  /** What another stage saw last, by machine. Only what that stage is `after` is certain to be there. */
  seen<T>(stage: Key<T>): ReadonlyMap<string, T>;
  /** What the machine is doing now, for people. */
  say(text: string): void;
  /** Something people should know at the end of the run. */
  notice(text: string): void;
  /** What the ledger says of how a thing was found; `undefined`: kmon has not noted that very thing, so it is not kmon's to destroy. */
  foundBefore(thing: Reversible): Promise<Json | undefined>;
}
