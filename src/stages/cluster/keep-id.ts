import { roomIdFile } from '../../config/room-id.js';
import type { Context } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';

/** On a cluster that is no room's nobody else keeps the id by which what was made from here is known again. */
export function keepingId({
  cluster: { context },
  config: { roomId, roomIdToBe, stateDir },
}: Pick<Context, 'cluster' | 'config'>): readonly Step[] {
  if (context === undefined || roomId !== undefined || roomIdToBe === undefined) return [];
  const file = roomIdFile(stateDir);
  return [{ at: 'here', intent: `write ${file} on this computer`, file, content: () => roomIdToBe }];
}
