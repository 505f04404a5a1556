import { allComputers } from '../room/room.js';
import type { Room } from '../room/room.js';
import type { Laptop, Misfit } from './registration.js';

/**
 * Why a laptop cannot be in the room of kmon.yaml as it is. Somebody who comes again (same name, same host key) is the same, also under another
 * address; one that is written there and was never met is met now, under its own address.
 *
 * @param pinned the host keys under which a machine of the room is known
 */
export function objectionOf(
  room: Room,
  { name, address, hostKeys }: Laptop,
  pinned: (machine: string) => readonly Buffer[],
): Misfit | undefined {
  const computers = allComputers(room);
  if (room.parent.name === name || room.parent.address === address)
    return {
      wrong: `${room.parent.name} (${room.parent.address}) is the parent of the room in kmon.yaml`,
      otherName: room.parent.address !== address,
    };
  const named = computers.find((c) => c.name === name);
  const there = computers.find((c) => c.address === address);
  if (there !== undefined && there.name !== name)
    return { wrong: `${address} is ${there.name} in kmon.yaml: enrol under that name`, otherName: true };
  if (named === undefined) return undefined;
  if (room.observed.some((o) => o.name === name))
    return { wrong: `${name} is only observed in kmon.yaml: choose another name`, otherName: true };
  const known = pinned(name);
  const isSame = hostKeys.some((key) => known.some((k) => k.equals(key)));
  if (isSame || (known.length === 0 && named.address === address)) return undefined;
  return {
    wrong: `the name ${name} is taken by ${named.address} in kmon.yaml: choose another`,
    otherName: true,
  };
}
