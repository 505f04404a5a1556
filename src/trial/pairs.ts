import { createHash } from 'node:crypto';

/** Up to so many machines every one tries every other: 240 ways are tried within the second that each of them waits anyway. */
const EVERY_PAIR_UP_TO = 16;

/** In a larger room: how many children each child tries beside its neighbours in the ring. */
const RANDOM_PEERS = 2;

/**
 * Which machines each machine tries, by name: parent and child always both ways; children each other, all of them in a small room, in a
 * large one a ring (so that nobody is left out) and random pairs (so that a split of the room shows). Always both ways.
 * The same room gives the same pairs, so that a second check can be compared with the first.
 */
export function trialPeers(
  room: string,
  parent: string | undefined,
  children: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const all = parent === undefined ? children : [parent, ...children];
  const peers = new Map(all.map((name) => [name, new Set<string>()]));
  const pair = (a: string, b: string): void => {
    if (a === b) return;
    peers.get(a)?.add(b);
    peers.get(b)?.add(a);
  };
  if (parent !== undefined) for (const child of children) pair(parent, child);
  if (all.length <= EVERY_PAIR_UP_TO) for (const a of children) for (const b of children) pair(a, b);
  else {
    children.forEach((child, i) => {
      pair(child, children[(i + 1) % children.length] ?? child);
      for (let n = 0; n < RANDOM_PEERS; n += 1) {
        pair(child, children[numberFrom(`${room} ${child} ${n}`, children.length)] ?? child);
      }
    });
  }
  // In the order of the room, so that nothing depends on who was paired first.
  return new Map(all.map((name) => [name, all.filter((other) => peers.get(name)?.has(other) === true)]));
}

/** A number below `limit` that looks random and is always the same for the same text. */
function numberFrom(text: string, limit: number): number {
  return createHash('sha256').update(text).digest().readUInt32BE() % limit;
}
