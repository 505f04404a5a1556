import { isIPv4 } from 'node:net';
import { addressRange, formatSubnet, overlap, subnetAround } from '../../config/networks/subnet.js';
import type { Context } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Addressing } from '../../facts/facts.js';
import { KEEPERS } from '../../resources/static-address/keeper.js';
import type { KeeperName } from '../../resources/static-address/keeper.js';

/** The device that has the address of kmon.yaml, and who keeps its settings. */
export interface AddressTarget {
  readonly device: string;
  readonly address: string;
  readonly prefix: number;
  readonly keeper: KeeperName;
  /** As asked for; absent: the one that the device has. */
  readonly gateway?: string;
}

export interface StaticAddressOptions {
  /** Instead of the gateway that the device has now. */
  readonly gateway?: string;
}

/** Pure: from the facts alone. @throws KmonError `precondition` with what to do by hand where kmon cannot do it; `usage` for a gateway that can be none. */
export function addressTarget(
  m: Pick<Context, 'machine' | 'facts'>,
  { gateway }: StaticAddressOptions,
): AddressTarget {
  const { address } = m.machine;
  const own = m.facts.addresses.find((a) => a.address === address);
  if (own === undefined) {
    throw new KmonError('precondition', `the machine does not have the address ${address} of kmon.yaml`, {
      hint: `write the address that it has into kmon.yaml`,
    });
  }
  const { device, prefix } = own;
  const manager = m.facts.addressing.find(
    (a) => a.device === device && (a.address ?? address) === address,
  )?.manager;
  const keeper = KEEPERS.find((k) => k === manager);
  if (keeper === undefined)
    throw notKept({ device, address, prefix, gateway: gatewayOf(m, device) }, manager);
  if (gateway !== undefined) checkGateway(gateway, address, prefix);
  return { device, address, prefix, keeper, ...(gateway === undefined ? {} : { gateway }) };
}

/** The device's default gateway by the facts. */
export function gatewayOf(m: Pick<Context, 'facts'>, device: string): string | undefined {
  return m.facts.routes.find((r) => r.destination === 'default' && r.device === device)?.via;
}

function checkGateway(gateway: string, address: string, prefix: number): void {
  const network = subnetAround(address, prefix);
  const hint = `name the router of ${formatSubnet(network)} (--gateway ADDRESS), or leave --gateway out`;
  if (!isIPv4(gateway)) throw new KmonError('usage', `${gateway} is no IPv4 address`, { hint });
  if (gateway === address)
    throw new KmonError('usage', `${gateway} is the address of the machine itself`, { hint });
  if (!overlap(network, addressRange(gateway))) {
    throw new KmonError('usage', `the gateway ${gateway} is not in the network ${formatSubnet(network)}`, {
      hint,
    });
  }
}

interface Written {
  readonly device: string;
  readonly address: string;
  readonly prefix: number;
  readonly gateway: string | undefined;
}

function notKept(w: Written, manager: Addressing['manager'] | undefined): KmonError {
  const by = manager === undefined || manager === 'other' ? 'nobody that kmon knows' : manager;
  return new KmonError(
    'precondition',
    `the address of ${w.device} is kept by ${by}: kmon does not change that`,
    {
      hint: byHand(w, manager),
    },
  );
}

/** One sentence that an administrator of that machine can act on. */
function byHand(
  { device, address, prefix, gateway }: Written,
  manager: Addressing['manager'] | undefined,
): string {
  if (manager === 'ifupdown') {
    const via = gateway === undefined ? '' : `, "gateway ${gateway}"`;
    return `write into /etc/network/interfaces: "iface ${device} inet static", "address ${address}/${prefix}"${via}, and restart the machine`;
  }
  if (manager === 'dhcpcd') {
    const via = gateway === undefined ? '' : `, "static routers=${gateway}"`;
    return `write into /etc/dhcpcd.conf: "interface ${device}", "static ip_address=${address}/${prefix}"${via}, and restart dhcpcd`;
  }
  return `have the router always lease ${address} to this machine, or set it as a static address of ${device} by hand`;
}
