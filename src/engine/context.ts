import type { Supply } from '../artifacts/supply.js';
import type { ClusterReader } from '../cluster/cluster-runner.js';
import type { Config } from '../config/config.js';
import type { Facts } from '../facts/facts.js';
import type { Json, Reversible } from '../resources/resource.js';
import type { Machine, Observed } from '../room/machine.js';
import type { KnownRoom } from '../room/room.js';
import type { OtherReader } from '../runner/open-other.js';
import type { Reader } from '../runner/runner.js';
import type { Language } from '../shell/language.js';
import type { Clock } from './clock.js';
import type { Key } from './results.js';

export type { Reader };

/** What kmon.yaml alone can tell, such as where things come from: whoever does without it has none of it. */
export type Told<C extends KnownRoom, T> = [C] extends [Config] ? T : undefined;

/** What a stage is given wherever it works. `C` is what it has to know of the room: kmon.yaml, unless it says that it needs less. */
export interface RoomContext<C extends KnownRoom = Config> {
  /** The computer that the stage is about. */
  readonly machine: Machine | Observed;
  readonly config: C;
  /** Facts of every machine that answered, by name. */
  readonly factsOf: ReadonlyMap<string, Facts>;
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
}

/** All that a stage is given to look at one machine with. Changes are its steps and resources, which the engine carries out. */
export interface Context<C extends KnownRoom = Config> extends RoomContext<C> {
  readonly machine: Machine;
  readonly facts: Facts;
  /** The machine on which the stage works: the same, unless the stage says otherwise (`Stage.changes`). */
  readonly run: Reader;
  /**
   * Ends the connection to this machine and makes a new one, as somebody would who comes anew: `run` goes on with that one. Never while
   * one of its commands is under way. Rejects with the KmonError of the connection; the next command then dials once more.
   */
  redial(): Promise<void>;
  /** What the ledger says of how a thing was found; `undefined`: kmon has not noted that very thing, so it is not kmon's to destroy. */
  foundBefore(thing: Reversible): Promise<Json | undefined>;
}

/** The same of a computer that is only observed: there is no shell of a Linux on it, and nothing is known of it before it is looked at. */
export interface ComputerContext<C extends KnownRoom = Config> extends RoomContext<C> {
  readonly machine: Observed;
  /** Logs in there, once in a run; `undefined`: it runs a system that kmon has no commands for. Rejects with the KmonError that says why not. */
  reach(): Promise<OtherReader | undefined>;
  /** How things are there, in their order. */
  states(things: readonly Reversible<Json, Language>[]): Promise<readonly Json[]>;
  /** What its ledger holds, in the order in which it is given back. @throws KmonError `precondition` when that is damaged. */
  noted(): Promise<readonly string[]>;
}
