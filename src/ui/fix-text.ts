import type { Room } from '../room/room.js';
import { allComputers } from '../room/room.js';
import { harmlessLine } from './harmless.js';
import type { PlannedChange } from './story.js';
import { plainTheme } from './theme.js';
import type { Theme } from './theme.js';

/**
 * What `kmon check --fix` would change, machine by machine in the room's order, for people to agree to. Ends without a line break;
 * `undefined` when nothing would be changed.
 */
export function fixPlanText(
  planned: readonly PlannedChange[],
  room: Room,
  theme: Theme = plainTheme,
): string | undefined {
  if (planned.length === 0) return undefined;
  return [
    theme.strong('to change:'),
    ...allComputers(room).flatMap(({ name, address }) => {
      const changes = planned.filter((p) => p.machine === name);
      if (changes.length === 0) return [];
      const place = address === name ? name : `${name} (${address})`;
      return [`  ${harmlessLine(place)}`, ...changes.map((p) => `    ${harmlessLine(p.change)}`)];
    }),
  ].join('\n');
}
