import { rangeOf } from '../../config/networks/subnet.js';
import type { Subnet } from '../../config/networks/subnet.js';
import type { Addressing, Facts } from '../../facts/facts.js';
import { ownAddress } from '../../facts/place.js';
import type { Present } from './sight.js';

/** The interface that has the machine's address of kmon.yaml, of a guest the one towards its laptop; `undefined` when none has. */
export function roomDevice({ machine, facts }: Present): string | undefined {
  const own = ownAddress(machine, facts);
  return facts.addresses.find((a) => a.address === own)?.device;
}

/**
 * The network that the machine's address of kmon.yaml lies in, by the prefix that the machine gives it. A guest does not know that of its
 * laptop.
 */
export function roomNetwork(one: Present): Subnet | undefined {
  return one.machine.guest === true ? undefined : arrivalNetwork(one);
}

/** The network out of which packets of the room come: of a guest the one that it has with its laptop, which sends them on as its own. */
export function arrivalNetwork({ machine, facts }: Present): Subnet | undefined {
  const address = ownAddress(machine, facts);
  const own = facts.addresses.find((a) => a.address === address);
  return own === undefined ? undefined : rangeOf(`${own.address}/${own.prefix}`);
}

/** How the machine has come to that address; `undefined` when nobody on it tells. What a laptop gives its guest concerns nobody else. */
export function roomAddressing(one: Present): Addressing | undefined {
  if (one.machine.guest === true) return undefined;
  const { address } = one.machine;
  const device = roomDevice(one);
  return one.facts.addressing.find((a) => a.device === device && (a.address ?? address) === address);
}

/** The default route, also in the two halves by which a VPN goes before it. Every route to a network is preferred to these. */
export function isDefault(destination: string): boolean {
  return destination === 'default' || /^(0|128)\.0\.0\.0\/[01]$/.test(destination);
}

/** Tunnels that look like a network card (ZeroTier, OpenVPN's tap), or that are seen by a route alone. */
const TUNNEL_NAME = /^(tun|tap|wg|zt|tailscale|nordlynx|proton|mullvad|cscotun|gpd|ipsec|vpn|wt)\d*/;

/**
 * Tunnels have no MAC address (ARPHRD_NONE): so a WireGuard of any name is one. Nor has PPP, but that may be a modem.
 */
export function isVpn(device: string, facts: Facts): boolean {
  const link = facts.links.find((l) => l.device === device);
  if (link?.physical === true || device.startsWith('ppp')) return false;
  return link?.mac === '' || TUNNEL_NAME.test(device);
}
