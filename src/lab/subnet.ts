import { isIPv4 } from 'node:net';
import { DEFAULTS } from '../config/defaults.js';
import { firstFree } from '../config/networks/free-range.js';
import {
  addressRange,
  formatSubnet,
  parseSubnet,
  subnetAround,
  type Subnet,
} from '../config/networks/subnet.js';
import { KmonError } from '../errors/kmon-error.js';
import type { InternetAddresses } from './internet/ways.js';

/** What pods and services get where kmon.yaml says nothing; kmon checks machines' routes against them. */
const RESERVED = [DEFAULTS.kubernetes.podSubnet, DEFAULTS.kubernetes.serviceSubnet];

/** The /16 ranges in which the lab looks for a /24, in this order. */
const CANDIDATES = ['10.77', '172.29', '192.168'] as const;

/**
 * The first free /24 of the lab's candidates, as "10.77.0.0/24".
 *
 * @param taken ranges and addresses ("10.1.2.0/24", "10.1.2.3") that this computer or another network uses; what is no IPv4 is ignored.
 * @throws KmonError `precondition` when every candidate is taken.
 */
export function freeSubnet(taken: readonly string[]): string {
  const ranges = [...RESERVED, ...taken].map(asRange).filter((range) => range !== undefined);
  const candidates = CANDIDATES.flatMap((start) =>
    Array.from({ length: 256 }, (_, i) => subnetAround(`${start}.${i}.0`, 24)),
  );
  const free = firstFree(candidates, ranges);
  if (free !== undefined) return formatSubnet(free);
  throw new KmonError('precondition', 'no free address range is left for the lab on this computer', {
    hint: 'remove labs or networks that are not needed (kmon lab down)',
  });
}

/** The gateway of a /24: this computer's own address on the lab's bridge. */
export function gatewayOf(subnet: string): string {
  return hostOf(subnet, 1);
}

/** Of the lab's Internet, out of the way of the room. */
export function internetAddresses(subnet: string): InternetAddresses {
  return { serves: hostOf(subnet, 2), closed: hostOf(subnet, 3), silent: hostOf(subnet, 4) };
}

/** .10 for the parent (index 0), .11 and on for the children, .111 and on for the guests. */
export function machineAddress(subnet: string, index: number): string {
  return hostOf(subnet, 10 + index);
}

/** The destinations in `ip -j -4 route show table all`: what this computer reaches by a route of its own. */
export function routedRanges(ipJson: string): readonly string[] {
  const routes: unknown = JSON.parse(ipJson.trim() === '' ? '[]' : ipJson);
  if (!Array.isArray(routes)) return [];
  return routes.flatMap((route: unknown) =>
    typeof route === 'object' && route !== null && 'dst' in route && typeof route.dst === 'string'
      ? [route.dst]
      : [],
  );
}

function asRange(text: string): Subnet | undefined {
  return isIPv4(text) ? addressRange(text) : parseSubnet(text);
}

function hostOf(subnet: string, host: number): string {
  if (!/^\d+\.\d+\.\d+\.0\/24$/.test(subnet)) throw new TypeError(`not a /24: ${subnet}`);
  return subnet.replace(/0\/24$/, String(host));
}
