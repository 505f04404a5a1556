import type { Command } from '../../shell/command.js';
import type { Fields } from '../fields.js';
import type { PathState } from '../on-disk.js';
import type { DeviceState } from './device.js';

/** Who keeps the settings of a device and can be told to keep an address. */
export const KEEPERS = ['NetworkManager', 'netplan', 'systemd-networkd'] as const;

export type KeeperName = (typeof KEEPERS)[number];

/** Where the owner's settings of a device are, and which address it is about. */
export interface Place {
  readonly device: string;
  readonly address: string;
  /** What `AddressKeeper.profile` printed. */
  readonly profile: string;
}

/** What kmon has made: nothing, settings that are gone after a restart, or settings that stay. */
export type OwnSettings = {
  readonly made: 'none' | 'trial' | 'kept';
  /** `null` where kmon's settings are no file of its own. */
  readonly files: { readonly kept: PathState; readonly trial: PathState } | null;
};

/** What is to be static. */
export interface Wanted extends Pick<DeviceState, 'prefix' | 'gateway' | 'nameServers' | 'searches'> {
  readonly address: string;
}

/** How kmon's settings are laid over the owner's, which are never edited. Pure. */
export interface AddressKeeper {
  /** Prints the name of the owner's settings for a device; nothing when there are none. */
  profile(device: string): Command<'reads'>;
  /** Lines that `read` may begin with. */
  readonly keys: readonly string[];
  read(place: Place): Command<'reads'>;
  parse(fields: Fields): OwnSettings;
  /** Makes the address static until the machine is restarted. */
  tryOut(place: Place, wanted: Wanted): Command<'changes'>;
  /** Makes what was tried out stay. */
  keep(place: Place, wanted: Wanted): Command<'changes'>;
  /** Takes away both, and has the owner's settings work again. Harmless when there is nothing to take away. */
  back(place: Place, found: OwnSettings): Command<'changes'>;
}
