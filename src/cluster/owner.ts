import type { Config } from '../config/config.js';

/** From where something was made: the id of the room, or of the folder in which one computer keeps what it knows of a context. */
export const OWNER_LABEL = 'kmon/owner';

/** Behind `--adopt`, of what has no such label. */
export const ADOPT_UNOWNED = 'none';

/**
 * The id that teams and add-ons bear which are made from here: what tells them from those that another computer makes on the same cluster. In a room it
 * is the room's, which every keyboard gets from the parent. `undefined`: nothing was made from here yet.
 */
export function ownerHere({ roomId, roomIdToBe }: Pick<Config, 'roomId' | 'roomIdToBe'>): string | undefined {
  return roomId ?? roomIdToBe;
}

/** Says from where something was made that is not from here. `owner`: its label; absent: it has none. */
export function ownerInWords(owner: string | undefined): string {
  return `${OWNER_LABEL}: ${owner ?? 'not said'}`;
}
