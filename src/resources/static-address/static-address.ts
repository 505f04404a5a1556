import { KmonError } from '../../errors/kmon-error.js';
import { inOrder, reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import { endRevert, readRevertRemains } from '../../tools/revert.js';
import { Fields } from '../fields.js';
import type { Resource } from '../resource.js';
import { DEVICE_KEYS, parseDevice, readDevice } from './device.js';
import type { DeviceState } from './device.js';
import { areAsFound } from './files.js';
import type { AddressKeeper, KeeperName, OwnSettings, Wanted } from './keeper.js';
import { netplan } from './netplan.js';
import { networkManager } from './networkmanager.js';
import { networkd } from './networkd.js';

export type StaticAddressParams = {
  readonly keeper: KeeperName;
  readonly device: string;
  /** The address that the device has, without a prefix length. */
  readonly address: string;
  /** The owner's settings of the device, as `profileOf` reads them. */
  readonly profile: string;
  /** Instead of the one that the device has now. */
  readonly gateway?: string;
};

export type StaticAddressState = DeviceState &
  OwnSettings & {
    /** The machine's own way back from a trial is still there. Not in ledgers of before. */
    readonly revert?: boolean;
  };

/**
 * A leased address with its prefix, gateway and name servers, made static by settings of kmon's own that lie over the owner's; nothing of
 * his is edited, and nothing but IPv4 addressing changes. What DHCP tells besides (routes of its own, a time server) is not kept.
 *
 * `change` may cost the connection to the machine: see `stages/machine/static-address.ts` for how it is tried before it stays.
 */
export interface StaticAddress extends Resource<StaticAddressState> {
  readonly device: string;
  /** The first half of `change`: until the machine is restarted. */
  tryOut(now: StaticAddressState): Command<'changes'>;
  /** The second half: what was tried out stays. `now` is the state before the first. */
  keep(now: StaticAddressState): Command<'changes'>;
  /** From whatever kmon made to `found`; waits up to 40 s for the lease. */
  back(found: StaticAddressState): Command<'changes'>;
  /** The values that become static. */
  wanted(now: StaticAddressState): Wanted;
}

const KEEPER: Readonly<Record<KeeperName, AddressKeeper>> = {
  NetworkManager: networkManager,
  netplan,
  'systemd-networkd': networkd,
};

export function staticAddress(params: StaticAddressParams): StaticAddress {
  const { device, address } = params;
  const keeper = KEEPER[params.keeper];
  const wanted = (now: StaticAddressState): Wanted => {
    if (now.live === 'absent') {
      throw new KmonError('precondition', `${device} does not have the address ${address}`, {
        hint: `write the address that the machine has into kmon.yaml`,
      });
    }
    const { prefix, nameServers, searches } = now;
    return { address, prefix, gateway: params.gateway ?? now.gateway, nameServers, searches };
  };
  const tryOut = (now: StaticAddressState): Command<'changes'> => keeper.tryOut(params, wanted(now));
  const keep = (now: StaticAddressState): Command<'changes'> => keeper.keep(params, wanted(now));
  const back = (found: StaticAddressState): Command<'changes'> => keeper.back(params, found);
  return {
    id: `static address of ${device}`,
    kind: 'static-address',
    params,
    device,
    read: reads`${readDevice(device)}
${readRevertRemains}
${keeper.read(params)}`,
    parse: (result) => {
      const fields = new Fields(result, [...DEVICE_KEYS, 'revert', ...keeper.keys]);
      return { ...parseDevice(fields, address), revert: fields.has('revert'), ...keeper.parse(fields) };
    },
    satisfied: (now) => now.live === 'static' && now.made !== 'trial',
    change: (now) => inOrder([tryOut(now), keep(now)]),
    describe: (now) => {
      const { prefix, gateway } = wanted(now);
      const by = gateway === null ? 'no gateway' : `gateway ${gateway}`;
      return `make ${address}/${prefix} of ${device} static, ${by}, with ${params.keeper}`;
    },
    restore: (found, now) => {
      // Whatever it was about to do: it would come after this run has proven the machine as found.
      if (now.revert === true) return inOrder([endRevert(), back(found)]);
      if (!areAsFound(found, now)) return back(found);
      // Without an answer of DHCP there is no lease yet: the settings are as found all the same.
      if (now.live === found.live || now.live === 'absent') return 'nothing';
      return { leave: `made ${now.live} since by somebody else` };
    },
    tryOut,
    keep,
    back,
    wanted,
  };
}

/** Asks for the `profile` of a device; prints one line, which is empty when the owner has no settings for it. */
export function profileOf(keeper: KeeperName, device: string): Command<'reads'> {
  return KEEPER[keeper].profile(device);
}
