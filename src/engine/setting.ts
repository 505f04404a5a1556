import type { ClusterRunner } from '../cluster/cluster-runner.js';
import type { Config } from '../config/config.js';
import { KmonError } from '../errors/kmon-error.js';
import type { Machine, Observed } from '../room/machine.js';
import type { KnownRoom } from '../room/room.js';
import { clusterSession } from './cluster-session.js';
import type { ComputerSession } from './computer-session.js';
import type { ComputerContext, Context, RoomContext, Told } from './context.js';
import type { EngineDeps } from './deps.js';
import type { SeenByStage } from './results.js';
import type { Going } from './run-graph.js';
import type { MachineSession, Session } from './session.js';
import type { Shared } from './shared.js';

/** What a run knows of the room while one machine goes through one stage. */
export interface StageSetting<C extends KnownRoom = Config> {
  readonly deps: EngineDeps<C>;
  readonly room: ReadonlyMap<string, MachineSession>;
  readonly machines: () => readonly Machine[];
  readonly about: readonly Machine[];
  readonly shared: Shared;
  readonly seen: SeenByStage;
  /** Dry run only: what this stage stands on is itself only planned, so that a look would mislead. */
  readonly byInference: boolean;
  /** How it stands to the rest of the run. */
  readonly going: Going;
  /** Whether the room is this run's: what was seen before may be what somebody else was at work on. */
  readonly isOurs: () => boolean;
  readonly beforeFirstChange: () => Promise<void>;
}

/** @throws KmonError `bug` for a machine that was never connected. */
export function sessionOf({ name }: Machine, { room }: Pick<StageSetting<never>, 'room'>): MachineSession {
  const session = room.get(name);
  if (session === undefined) throw new KmonError('bug', `${name} was never connected`);
  return session;
}

/** @throws KmonError `unreachable` when the parent was not reached; some commands go on without it. */
export function parentOf({ deps, room }: StageSetting<KnownRoom>): MachineSession {
  const { parent } = deps.config.room;
  const open = room.get(parent.name);
  if (open === undefined) throw new KmonError('unreachable', `the parent ${parent.name} is not connected`);
  return open;
}

/** Where what is `on: 'cluster'` is carried out, for the machine that stands for the cluster in the plan. */
export function clusterSessionOf<C extends KnownRoom>(machine: Machine, setting: StageSetting<C>): Session {
  const { cluster } = setting.deps;
  return cluster === undefined ? sessionOf(machine, setting) : clusterSession(machine, cluster);
}

/** @throws KmonError `unreachable` when it is asked through the parent, and that was not reached. */
export function clusterOf<C extends KnownRoom>(setting: StageSetting<C>): Told<C, ClusterRunner> {
  const { cluster, clusterThrough } = setting.deps;
  return cluster ?? clusterThrough(parentOf(setting).run);
}

/** `session`: the machine on which the stage works for this one; nearly always its own. */
export function contextOf<C extends KnownRoom>(
  stage: string,
  machine: Machine,
  session: Session,
  setting: StageSetting<C>,
): Context<C> {
  const { room, deps } = setting;
  return {
    ...roomContextOf(stage, machine, setting),
    machine,
    // A spread would ask for these at once, and not every run has them.
    get facts() {
      return room.get(machine.name)?.facts ?? session.facts;
    },
    get parent() {
      return parentOf(setting).run;
    },
    get cluster() {
      return clusterOf(setting);
    },
    run: session.run,
    redial: () => deps.redial(machine),
    foundBefore: (thing) => session.foundBefore(thing),
  };
}

/** The same for a computer that is only observed. */
export function computerContextOf<C extends KnownRoom>(
  stage: string,
  session: ComputerSession,
  setting: StageSetting<C>,
): ComputerContext<C> {
  const { machine, place } = session;
  return {
    ...roomContextOf(stage, machine, setting),
    machine,
    get parent() {
      return parentOf(setting).run;
    },
    get cluster() {
      return clusterOf(setting);
    },
    reach: () => session.reach(),
    states: (things) => place.states(things),
    noted: () => session.toGiveBack(),
  };
}

function roomContextOf<C extends KnownRoom>(
  stage: string,
  machine: Machine | Observed,
  setting: StageSetting<C>,
): Omit<RoomContext<C>, 'parent' | 'cluster'> {
  const { deps, room } = setting;
  return {
    machine,
    config: deps.config,
    factsOf: new Map([...room].map(([name, s]) => [name, s.facts])),
    supply: deps.supply,
    clock: deps.clock,
    signal: deps.signal,
    about: setting.about,
    machines: setting.machines,
    shared: (key, ttlMs, ask) => setting.shared.ask(key, ttlMs, ask),
    seen: (key) => setting.seen.of(key),
    say: (text) => {
      deps.emit({ type: 'progress', stage, machine: machine.name, text });
    },
    notice: (text) => {
      deps.emit({ type: 'note', machine: machine.name, text });
    },
  };
}
