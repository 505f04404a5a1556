import type { Config } from '../../config/config.js';
import type { Facts } from '../../facts/facts.js';
import type { Resource } from '../../resources/resource.js';
import type { Machine } from '../../room/machine.js';
import type { Command } from '../../shell/command.js';

/** What `kmon check` saw of the whole room: the run that puts things right is connected to the machines that need it, and to no others. */
export interface RoomSeen {
  /** The time of the room, as milliseconds ahead of this computer's clock. */
  readonly clockMs: number;
}

/** The machine on which something is put right, and what is known of it. */
export interface FixContext {
  readonly machine: Machine;
  readonly facts: Facts;
  readonly config: Config;
  readonly room: RoomSeen;
}

/**
 * How a finding is put right: by resources, so that it is shown before, noted in the ledger, proven after and given back. Building them
 * reads nothing; what must be newer than the facts is looked at by `look`, right before.
 */
export interface Fix {
  readonly look?: Command<'reads'>;
  /**
   * What must be so on the machine for the finding to go away.
   *
   * @param looked What `look` printed; empty without one.
   * @throws KmonError `precondition` where it is not known what that is.
   */
  resources(on: FixContext, looked: string): readonly Resource[];
}
