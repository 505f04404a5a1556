import { networksOfRouteTable } from '../../here/platform/route-tables.js';
import { parseSubnet } from './subnet.js';
import type { Subnet } from './subnet.js';

/** The networks of a Linux kernel's table of routes (/proc/net/route), without the default route: everything is in it. */
export function networksOfRoutes(table: string): readonly Subnet[] {
  return networksOfRouteTable(table).flatMap((network) => parseSubnet(network) ?? []);
}
