import { networkInterfaces } from 'node:os';
import { parseSubnet, subnetAround } from '../../config/networks/subnet.js';
import type { Subnet } from '../../config/networks/subnet.js';
import { thisPlatform } from '../../here/platform/this-platform.js';

/** The networks this computer is in or has a route to: a VPN's among them. Where its routes cannot be read, those of its addresses alone. */
export function ownNetworks(): readonly Subnet[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((a) => a.family === 'IPv4' && !a.internal)
    .map((a) => subnetAround(a.address, Number(a.cidr?.split('/')[1] ?? 32)));
  return [...thisPlatform.routes().flatMap((network) => parseSubnet(network) ?? []), ...addresses];
}
