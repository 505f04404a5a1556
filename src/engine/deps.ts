import type { Supply } from '../artifacts/supply.js';
import type { ClusterRunner } from '../cluster/cluster-runner.js';
import type { Config } from '../config/config.js';
import type { Facts } from '../facts/facts.js';
import type { Machine, Observed } from '../room/machine.js';
import type { KnownRoom } from '../room/room.js';
import type { OtherRunner } from '../runner/open-other.js';
import type { RelayDoors } from '../relay/doors.js';
import type { Runner } from '../runner/runner.js';
import type { Clock } from './clock.js';
import type { Told } from './context.js';
import type { Emit } from './events.js';
import type { LedgerStore } from './ledger.js';
import type { LockOwner } from './lock.js';

/** How computers that are only observed are reached, and where their ledgers lie: kmon keeps nothing on them. */
export interface ComputersApart {
  /** `undefined`: it runs a system that kmon has no commands for. Rejects with the KmonError that says why it cannot be reached. */
  reach(computer: Observed): Promise<OtherRunner | undefined>;
  ledger(computer: Observed): LedgerStore;
}

/**
 * What a run needs from outside; `cli/start-run.ts` gives the real things, tests give strict doubles. `C` is what is known of the room: as much
 * as the stages of the run need.
 */
export interface EngineDeps<C extends KnownRoom = Config> {
  readonly config: C;
  readonly supply: Told<C, Supply>;
  /** The room's cluster, which is asked through its parent. */
  readonly clusterThrough: (parent: Runner) => Told<C, ClusterRunner>;
  /**
   * The cluster that the run is about, where it is not the room's: what is `on: 'cluster'` asks and changes that one. There is no machine
   * behind it, hence neither a ledger nor a lock.
   */
  readonly cluster?: Told<C, ClusterRunner>;
  /** The computers that are only observed. */
  readonly computers: ComputersApart;
  /** Brings what the machines fetch, once for all; absent: each fetches for itself, or nothing is fetched. */
  readonly relay?: RelayDoors;
  /** Opens the machine (login, sudo) and gives its runner: live, or dry when the run is. */
  readonly connect: (machine: Machine) => Promise<Runner>;
  /** Closes the connection of a machine that is open and makes a new one; see `MachineContext.redial`. */
  readonly redial: (machine: Machine) => Promise<void>;
  readonly facts: (run: Runner) => Promise<Facts>;
  readonly clock: Clock;
  /** First Ctrl-C: nothing new is begun, what runs is waited for. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly dryRun: boolean;
  readonly concurrency: number;
  readonly lock: {
    readonly owner: Omit<LockOwner, 'run'>;
    readonly force: boolean;
    readonly isDead: (o: LockOwner) => boolean;
    /** Calls `beat` again and again while the lock is held; gives what ends that. Absent: nobody is told that the holder lives. */
    readonly beating?: (beat: () => Promise<void>) => () => void;
  };
  /** Keeps the id of a room that had none, beside kmon.yaml: called before the first change of the run. */
  readonly keepRoomId: (id: string) => Promise<void>;
  /** Nothing of kmon's may stay on the parent when the run ends well, not even the lock of an earlier run that died. */
  readonly leavesNothing?: boolean;
  /** Teardown goes on with the parent although children failed, and without the parent if it must. */
  readonly parentMayFail?: boolean;
}
