import type { Config } from '../../config/config.js';

/**
 * The id that the teams made from here bear: what tells them from those that another computer makes on the same cluster. In a room it is the room's,
 * which every keyboard gets from the parent. `undefined`: nothing was made from here yet.
 */
export function ownerHere({ roomId, roomIdToBe }: Pick<Config, 'roomId' | 'roomIdToBe'>): string | undefined {
  return roomId ?? roomIdToBe;
}
