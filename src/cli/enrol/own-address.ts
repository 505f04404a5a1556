import { networkInterfaces } from 'node:os';
import { addressRange, overlap, parseSubnet, subnetAround } from '../../config/networks/subnet.js';
import { KmonError } from '../../errors/kmon-error.js';
import { allComputers } from '../../room/room.js';
import type { Room } from '../../room/room.js';

/** An IPv4 address of this computer, with the length of its prefix. */
export interface OwnAddress {
  readonly address: string;
  readonly prefix: number;
}

export function ownAddresses(): readonly OwnAddress[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((a) => a.family === 'IPv4' && !a.internal)
    .map((a) => ({ address: a.address, prefix: Number(a.cidr?.split('/')[1] ?? 32) }));
}

/**
 * Where the laptops find the page: the address that was asked for, else that in a network with machines of the room, the parent's first. Of several
 * none is guessed: a page that nobody reaches looks like one that is broken.
 *
 * @throws KmonError `usage`
 */
export function pageAddress(own: readonly OwnAddress[], room: Room, asked: string | undefined): string {
  if (asked !== undefined) return asked;
  const near = allComputers(room).flatMap((machine) =>
    own.filter(
      ({ address, prefix }) =>
        parseSubnet(`${machine.address}/32`) !== undefined &&
        overlap(subnetAround(address, prefix), addressRange(machine.address)),
    ),
  );
  const [found] = near;
  if (found !== undefined) return found.address;
  const [only, ...others] = own;
  if (only !== undefined && others.length === 0) return only.address;
  throw new KmonError(
    'usage',
    only === undefined
      ? 'this computer has no address in a network'
      : 'none of the addresses of this computer is in the network of a machine of kmon.yaml',
    {
      hint:
        only === undefined
          ? 'connect it to the network of the room'
          : `say with --address where the laptops find the page: one of ${own.map((o) => o.address).join(', ')}`,
    },
  );
}
