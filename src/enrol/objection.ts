import { allComputers } from '../room/room.js';
import type { Room } from '../room/room.js';
import type { Laptop, Misfit } from './registration.js';

/**
 * By which of the host keys that a laptop has told it may be believed. Host keys are public: whoever takes the name of a machine that was met could
 * tell that machine's key beside one of his own. So of such a machine only those count by which it is known already, and it has to show one of them.
 * A guest is made anew for each lesson and has new ones; `objectionOf` takes it for the guest of before only at the same address.
 *
 * @param known the host keys under which the machine of its name is known; none: it was never met
 */
export function keysToBelieve({ hostKeys, guest }: Laptop, known: readonly Buffer[]): readonly Buffer[] {
  return known.length === 0 || guest !== undefined ? hostKeys : ofThem(hostKeys, known);
}

/** Where a laptop's name stands in kmon.yaml already: the address there. */
export function addressInRoom(room: Room, { name }: Laptop): string | undefined {
  return allComputers(room).find((c) => c.name === name)?.address;
}

/**
 * Why a laptop cannot be in the room of kmon.yaml as it is. Somebody who comes again (same name, same host key, which the first login has to
 * prove) is the same, also under another address; one that is written there and was never met is met now, under its own address.
 *
 * @param pinned the host keys under which a machine of the room is known
 */
export function objectionOf(
  room: Room,
  laptop: Laptop,
  pinned: (machine: string) => readonly Buffer[],
): Misfit | undefined {
  const { name, address } = laptop;
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
  const isGuest = room.children.some((c) => c.guest === true && c.name === name);
  if (laptop.guest !== undefined && isGuest && named.address === address) return undefined;
  const known = pinned(name);
  if (known.length === 0 ? named.address === address : ofThem(laptop.hostKeys, known).length > 0)
    return undefined;
  return {
    wrong: `the name ${name} is taken by ${named.address} in kmon.yaml: choose another`,
    otherName: true,
  };
}

function ofThem(hostKeys: readonly Buffer[], known: readonly Buffer[]): readonly Buffer[] {
  return hostKeys.filter((key) => known.some((k) => k.equals(key)));
}
