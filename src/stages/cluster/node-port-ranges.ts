import { formatSubnet, rangeOf } from '../../config/networks/subnet.js';
import type { Facts } from '../../facts/facts.js';
import { ownAddress } from '../../facts/place.js';
import { allMachines } from '../../room/room.js';
import type { Room } from '../../room/room.js';

/**
 * With nftables NodePorts answer at the node's address alone, and what a laptop forwards comes to its guest's inner one. kube-proxy takes either that
 * or a list, of all machines together. Networks rather than addresses where they are known: children join later, and the inner address may be
 * another one after a start.
 */
export function nodePortRanges(room: Room, factsOf: ReadonlyMap<string, Facts>): readonly string[] {
  const ranges = allMachines(room).flatMap((machine) => {
    const own = ownAddress(machine, factsOf.get(machine.name));
    const network = own === undefined ? undefined : networkOf(own, factsOf.get(machine.name));
    if (machine.guest !== true) return [network ?? `${machine.address}/32`];
    const forwarded = machine.name === room.parent.name ? network : undefined;
    return [...(forwarded === undefined ? [] : [forwarded]), `${machine.address}/32`];
  });
  return [...new Set(ranges)];
}

function networkOf(address: string, facts: Facts | undefined): string | undefined {
  const prefix = facts?.addresses.find((a) => a.address === address)?.prefix;
  const range = prefix === undefined ? undefined : rangeOf(`${address}/${prefix}`);
  return range === undefined ? undefined : formatSubnet(range);
}
