import { randomUUID } from 'node:crypto';
import { KmonError } from '../errors/kmon-error.js';
import type { Machine } from '../room/machine.js';
import type { KnownRoom } from '../room/room.js';
import type { RoomMark } from '../room/room-mark.js';
import type { Runner } from '../runner/runner.js';
import type { EngineDeps } from './deps.js';
import { beatLock, releaseLock, sweepLock, takeLock } from './lock.js';
import type { Signature } from './noted-resources.js';

/**
 * The room, held by one run: its lock on the parent, and the id that its ledgers carry. Taken before the first change of the run, and only
 * then; given back at its end.
 */
export class RoomHold {
  /** The lock could not be taken: that is the whole run's matter, on whatever machine it came up. */
  refused = false;
  private taken: Promise<void> | undefined;
  /** It was taken, and not only asked for. */
  isOurs = false;
  private stopBeating: (() => void) | undefined;
  private beatUnderWay: Promise<void> | undefined;
  private roomId: string | undefined;

  private readonly run: string;
  private readonly deps: () => EngineDeps<KnownRoom>;
  /** The parent, when it was reached: teardown of what is left of a room goes on without. */
  private readonly parent: () => Runner | undefined;
  /** The id that lies beside kmon.yaml already. */
  private readonly keptId: string | undefined;
  /** Somebody else has the room now. */
  private readonly onLost: (error: KmonError) => void;

  constructor(
    run: string,
    deps: () => EngineDeps<KnownRoom>,
    parent: () => Runner | undefined,
    keptId: string | undefined,
    onLost: (error: KmonError) => void,
  ) {
    this.run = run;
    this.deps = deps;
    this.parent = parent;
    this.keptId = keptId;
    this.onLost = onLost;
  }

  get isTaken(): boolean {
    return this.taken !== undefined;
  }

  /** Before the first change on any machine: the room is nobody else's, and has an id. */
  async take(): Promise<void> {
    this.taken ??= this.takeRoom().catch((error: unknown) => {
      this.refused = true;
      throw error;
    });
    await this.taken;
    this.isOurs = true;
  }

  /** By whom an entry of a ledger is written. */
  signature({ role }: Machine): Signature {
    const { config, lock } = this.deps();
    const { name, parent } = config.room;
    if (this.roomId === undefined) return { run: this.run };
    const room: RoomMark = { id: this.roomId, name, parent: parent.address, role, by: lock.owner.who };
    return { run: this.run, room };
  }

  /** Rejects when the lock was held and could not be released. */
  async release(): Promise<void> {
    this.stopBeating?.();
    // One that is under way would find no lock any more, and take that for a loss.
    await this.beatUnderWay;
    const parent = this.parent();
    if (this.taken === undefined || parent === undefined) return;
    await this.taken;
    await releaseLock(parent, this.run);
  }

  /** Leaves no lock behind that an earlier run has left: where nothing of kmon's may stay. */
  async sweep(): Promise<void> {
    const parent = this.parent();
    const { dryRun, lock } = this.deps();
    if (this.taken !== undefined || parent === undefined || dryRun) return;
    const { owner, isDead } = lock;
    await sweepLock(parent, { run: this.run, ...owner }, isDead);
  }

  private async takeRoom(): Promise<void> {
    const { config, lock } = this.deps();
    const parent = this.parent();
    if (parent !== undefined) {
      const { owner, force, isDead, beating } = lock;
      await takeLock(parent, { run: this.run, ...owner }, { force, isDead });
      this.stopBeating = beating?.(() => this.beat(parent));
    }
    const id = config.roomId ?? config.roomIdToBe ?? randomUUID();
    if (id !== this.keptId) await this.keepId(id, parent);
    this.roomId = id;
  }

  /** After the lock was taken, so that two keyboards do not give one room two ids. */
  private async keepId(id: string, parent: Runner | undefined): Promise<void> {
    try {
      await this.deps().keepRoomId(id);
    } catch (cause) {
      this.stopBeating?.();
      if (parent !== undefined) await releaseLock(parent, this.run);
      throw new KmonError('config', "the room's id cannot be kept in .kmon beside kmon.yaml", {
        evidence: cause instanceof Error ? cause.message : String(cause),
        hint: 'make that folder yours to write (ls -ld .kmon) and run the command again',
        cause,
      });
    }
  }

  private beat(parent: Runner): Promise<void> {
    this.beatUnderWay ??= beatLock(parent, this.run)
      .catch((error: unknown) => {
        // A connection that is lost is noticed by who needs it.
        if (error instanceof KmonError && error.code === 'precondition') this.onLost(error);
      })
      .finally(() => {
        this.beatUnderWay = undefined;
      });
    return this.beatUnderWay;
  }
}
