import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { networksOfRoutes } from '../../config/networks/route-table.js';
import { subnetAround } from '../../config/networks/subnet.js';
import type { Subnet } from '../../config/networks/subnet.js';

/** The networks this computer is in or has a route to: a VPN's among them. Where there is no /proc, those of its addresses alone. */
export async function ownNetworks(): Promise<readonly Subnet[]> {
  const routes = await readFile('/proc/net/route', 'utf8').catch(() => '');
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((a) => a.family === 'IPv4' && !a.internal)
    .map((a) => subnetAround(a.address, Number(a.cidr?.split('/')[1] ?? 32)));
  return [...networksOfRoutes(routes), ...addresses];
}
