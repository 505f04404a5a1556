import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { alertSecrets } from '../addons/alerts.js';
import { monitoringThere, usedPrometheus } from '../addons/monitoring-there.js';
import { checkStackValues } from '../addons/stack/check-values.js';
import { originsBy } from '../artifacts/origins.js';
import { ownDashboards } from '../addons/own-dashboards.js';
import { ownIsElsewhere } from '../addons/own-elsewhere.js';
import { withNetwork } from '../artifacts/pod-network.js';
import { decideProfile, profileText, withProfile } from '../artifacts/profile.js';
import type { NetworkDecision } from '../artifacts/pod-network.js';
import type { MonitoringThere, ProfileDecision } from '../artifacts/profile.js';
import { supplyFor } from '../artifacts/supply-for.js';
import type { Supply } from '../artifacts/supply.js';
import type { ClusterReader, ClusterRunner } from '../cluster/cluster-runner.js';
import type { OwnCluster } from '../cluster/own-cluster.js';
import { throughContext } from '../cluster/through-context.js';
import { throughParent } from '../cluster/through-parent.js';
import type { Config, ReadConfig } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { keepRoomId } from '../config/room-id.js';
import type { Told } from '../engine/context.js';
import type { EngineEvent } from '../engine/events.js';
import type { Plan } from '../engine/plan.js';
import type { RunReport } from '../engine/report.js';
import { exitCodeOfError } from '../errors/exit-code-of-error.js';
import { KmonError } from '../errors/kmon-error.js';
import type { Origins } from '../relay/origins.js';
import type { Machine } from '../room/machine.js';
import type { KnownRoom, Room } from '../room/room.js';
import type { Reader, Runner } from '../runner/runner.js';
import type { Prompter } from '../ui/prompter.js';
import type { View } from '../ui/view.js';
import { openDoors } from './doors.js';
import type { Doors } from './doors.js';
import type { Io } from './io.js';
import { openRoom } from './machines.js';
import type { OpenMachines, OpenMachinesOptions } from './machines.js';
import { isRelayed, relayHere } from './relay-here.js';
import type { RelayHere } from './relay-here.js';
import { decidedNetwork, networkNote } from './decided-network.js';
import type { NeedsNetwork } from './decided-network.js';
import { tryNetworks } from './try-networks.js';
import { provenBundle } from './proven-bundle.js';
import { requireShell } from './require-shell.js';
import { startRun } from './start-run.js';
import type { Known, RunOptions, RunParts } from './start-run.js';
import type { Telling } from './telling.js';
import { openThisComputer } from './this-computer.js';
import { openView } from './with-view.js';
import type { ShowOptions } from './with-view.js';

/** How a command is asked to go about its work. */
export interface AppOptions extends ShowOptions {
  /** The file; `undefined`: kmon.yaml in this folder. */
  readonly config?: string | undefined;
  readonly dryRun?: boolean;
  readonly breakLock?: boolean;
}

/** The same about some machines of the room; all when none is named. */
export interface RoomOptions extends AppOptions {
  readonly only: readonly string[];
}

/** What a command works with, whatever it knows of the room. */
export interface AppOn<C extends KnownRoom> {
  readonly config: C;
  readonly view: View;
  readonly prompter: Prompter | undefined;
  /** Where the transcript of this command is written. */
  readonly transcript: string;
  /** For what happens outside of a run: shown, and kept in the transcript. */
  tell(event: EngineEvent): void;
  /** What is asked of a machine again and again while somebody watches; see `OpenRunner.untold`. */
  untold(machine: Machine): Promise<Reader>;
  /** See `Pool.forward`. */
  forward(machine: Machine, host: string, port: number): Promise<Duplex>;
  /** See `startRun`. */
  run(plan: Plan<C>, options?: RunOptions): Promise<RunReport>;
}

/** What a command about the room of a kmon.yaml works with. */
export interface App extends AppOn<Config> {
  readonly supply: Supply;
  /** Which monitoring this room has or gets, and why. */
  readonly profile: ProfileDecision;
  /** Which pod network `config` has, and why. */
  readonly network: NetworkDecision;
  /** What several machines fetch comes once, through this computer. */
  readonly relayed: boolean;
}

export interface Setup {
  /** Absent: kmon.yaml is read as `--config` says. */
  readonly load?: () => Promise<ReadConfig>;
  /** The command may send parts of the bundle: it is proven first. */
  readonly installs?: boolean;
  /** Ctrl-C is how the command is ended, and nothing that needs a word. */
  readonly endsByInterrupt?: boolean;
  /** The command installs the monitoring: what kmon.yaml wants of it is looked at first. */
  readonly monitors?: boolean;
  /** Its work depends on which monitoring the room has: where kmon.yaml leaves that open the cluster is asked first, if this says so. */
  readonly asksProfile?: (config: ReadConfig) => boolean;
  /**
   * It only asks Prometheus: both monitorings of kmon's own have theirs in one place, so that where kmon.yaml leaves the profile open, and one of
   * these is there, it does not matter which.
   */
  readonly asksPrometheus?: boolean;
  /** Its work depends on the pod network: where kmon.yaml leaves that open it is decided before anything is planned. */
  readonly needsNetwork?: NeedsNetwork;
  /** Who is named on the command line; throws where the room has no such machine, before anybody is asked anything. */
  readonly names?: (room: Room) => unknown;
  /** The command is about the cluster that this kubeconfig context leads to, and about no room. */
  readonly context?: string;
  /** That context is in the kubeconfig of this cluster, which kmon makes itself on this computer. */
  readonly own?: OwnCluster;
}

/** What a command is about. */
interface About<C extends KnownRoom> extends Known<C> {
  /** The command is about this cluster, and about no machine. */
  readonly cluster?: Told<C, ClusterRunner>;
  /** What machines fetch through this computer; absent: nothing. */
  readonly relayed?: Origins;
}

/**
 * Opens what a command about a room needs (configuration, view, transcript, machines), gives it to `work`, and closes everything whatever
 * happens. Resolves to the exit code; failures are shown here and nowhere else.
 */
export function withApp(
  io: Io,
  command: string,
  options: AppOptions,
  work: (app: App) => Promise<number>,
  {
    load,
    installs,
    monitors,
    asksProfile,
    asksPrometheus,
    needsNetwork,
    names,
    context,
    own,
    endsByInterrupt,
  }: Setup = {},
): Promise<number> {
  return withOpened(io, options, async (view, opened) => {
    if (context !== undefined) requireShell(io.env);
    // What is made before the first machine is changed has to bear the id that the room gets then.
    const read = { roomIdToBe: randomUUID(), ...(await (load?.() ?? loadConfig(options.config, io.cwd))) };
    names?.(read.room);
    // What is wrong with them is told before anything is done.
    if (installs === true) await alertSecrets(read.monitoring.alerts);
    if (monitors === true) await ownDashboards(read);
    const supply = supplyFor(read, installs === true ? await provenBundle(read, io.signal) : undefined);
    const open = (how: OpenMachinesOptions): OpenMachines =>
      openRoom({ ...how, config: read, signal: io.signal });
    const doors = openDoors(io, {
      command,
      dryRun: options.dryRun === true,
      ...read,
      endsByInterrupt: endsByInterrupt === true,
      open,
      view,
      opened,
    });
    const { dryRun, telling } = doors;
    const cluster =
      context === undefined
        ? undefined
        : throughContext({ context, dryRun, trace: telling.tell, ...(own === undefined ? {} : { own }) });
    const asks = asksProfile?.(read) === true || monitors === true;
    const look = asks ? monitoringThere : asksPrometheus === true ? usedPrometheus : undefined;
    const seen: MonitoringThere | undefined =
      look !== undefined && read.monitoring.profile === 'auto'
        ? await whatIsThere(
            read,
            async () => cluster ?? throughParent(await doors.machines.open(read.room.parent), supply),
            look,
          )
        : {};
    if (monitors === true && seen?.elsewhere !== undefined)
      throw ownIsElsewhere(seen.elsewhere, read.monitoring.namespace);
    const profile = decideProfile(read, supply, seen);
    const closed = withProfile(read, profile);
    if (monitors === true) await ownDashboards(closed);
    const known = {
      stateDir: read.stateDir,
      supply,
      clusterThrough: (parent: Runner) => throughParent(parent, supply),
      keepRoomId: (id: string) => keepRoomId(read.stateDir, id),
    };
    const breakLock = options.breakLock === true;
    const asked = needsNetwork === undefined || cluster !== undefined ? undefined : doors.machines;
    const network = await decidedNetwork(closed, {
      ...(asked === undefined ? {} : { parent: () => asked.open(read.room.parent) }),
      lays: needsNetwork === 'laid' || needsNetwork === 'tried',
      ...(needsNetwork !== 'tried' || dryRun || asked === undefined
        ? {}
        : {
            tried: (config: Config) =>
              tryNetworks({ ...appOf(io, { config, ...known }, doors, { view, opened, breakLock }), supply }),
          }),
    });
    const config = withNetwork(closed, network);
    for (const text of [
      ...(monitors === true ? [profileText(profile)] : []),
      ...(needsNetwork === undefined ? [] : [networkNote(needsNetwork, network)]),
    ])
      if (text !== undefined) telling.tell({ type: 'note', text });
    // Of a cluster that cannot be asked that is told, and nothing is fetched for it.
    if (monitors === true && !(seen === undefined && cluster !== undefined))
      await checkStackValues({ config, supply });
    const relayed = installs === true && isRelayed(config, supply);
    const about: About<Config> = {
      config,
      ...(relayed ? { relayed: originsBy(config.mirrors) } : {}),
      ...known,
      ...(cluster === undefined ? {} : { cluster }),
    };
    return work({
      ...appOf(io, about, doors, { view, opened, breakLock }),
      supply,
      profile,
      network,
      relayed,
    });
  });
}

/** A cluster that is not there yet, or not to be reached, has nothing that could be replaced; a run that needs it says what is the matter. Ctrl-C ends the command. */
async function whatIsThere(
  config: ReadConfig,
  cluster: () => Promise<ClusterReader>,
  look: typeof monitoringThere,
): Promise<MonitoringThere | undefined> {
  try {
    return await look(await cluster(), config);
  } catch (error) {
    if (error instanceof KmonError && error.code === 'interrupted') throw error;
    return undefined;
  }
}

/** The same about the computer that this runs on, and nothing else: without a kmon.yaml and without SSH. */
export function withThisComputer(
  io: Io,
  command: string,
  options: AppOptions,
  { config, stateDir }: Pick<About<KnownRoom>, 'config' | 'stateDir'>,
  work: (app: AppOn<KnownRoom>) => Promise<number>,
): Promise<number> {
  const about: About<KnownRoom> = {
    config,
    stateDir,
    supply: undefined,
    clusterThrough: () => undefined,
    // The room is gone, or was never here: there is no place that keeps its id.
    keepRoomId: async () => undefined,
  };
  return withOpened(io, options, (view, opened) => {
    const doors = openDoors(io, {
      command,
      dryRun: options.dryRun === true,
      stateDir,
      room: config.room,
      endsByInterrupt: false,
      open: openThisComputer,
      view,
      opened,
    });
    return work(appOf(io, about, doors, { view, opened, breakLock: options.breakLock === true }));
  });
}

/** What is to be closed again, as far as it was opened. */
interface Opened {
  telling?: Telling;
  machines?: OpenMachines;
  relay?: RelayHere;
}

async function withOpened(
  io: Io,
  options: ShowOptions,
  work: (view: View, opened: Opened) => Promise<number>,
): Promise<number> {
  const view = await openView(io, options);
  const opened: Opened = {};
  let exitCode = 0;
  try {
    exitCode = await work(view, opened);
  } catch (error) {
    opened.telling?.fail(error);
    view.fail(error);
    exitCode = exitCodeOfError(error);
  } finally {
    await opened.relay?.close();
    await opened.machines?.close();
    opened.telling?.close(exitCode);
    await view.close(exitCode);
  }
  return exitCode;
}

function appOf<C extends KnownRoom>(
  { env, signal }: Io,
  { config, relayed, ...known }: About<C>,
  { telling, prompter, machines, command, dryRun }: Doors,
  { view, opened, breakLock }: { readonly view: View; readonly opened: Opened; readonly breakLock: boolean },
): AppOn<C> {
  if (relayed !== undefined) opened.relay = relayHere(relayed, machines, env);
  const parts: RunParts<C> = {
    command,
    config,
    ...known,
    ...(opened.relay === undefined ? {} : { relay: opened.relay.doors }),
    machines,
    telling,
    view,
    signal,
    dryRun,
    breakLock,
  };
  return {
    config,
    view,
    prompter,
    transcript: telling.path,
    tell: telling.tell,
    untold: (machine) => machines.untold(machine),
    forward: (machine, host, port) => machines.forward(machine.name, host, port),
    run: (plan, runOptions = {}) => startRun(parts, plan, runOptions),
  };
}
