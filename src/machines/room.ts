import { KmonError } from '../errors/kmon-error.js';
import type { Machine } from './machine.js';

/** The computers of one workshop: exactly one parent and any number of children, names and addresses unique. */
export interface Room {
  readonly name: string;
  readonly parent: Machine;
  readonly children: readonly Machine[];
}

/** Parent first, then the children in the order of kmon.yaml: every list and report keeps this order. */
export function allMachines(room: Room): readonly Machine[] {
  return [room.parent, ...room.children];
}

/**
 * The machines named by `--only` (by name or address), in the room's order.
 *
 * @throws KmonError `usage` that names every unknown name at once.
 */
export function selectMachines(room: Room, only: readonly string[]): readonly Machine[] {
  const machines = allMachines(room);
  if (only.length === 0) return machines;
  const unknown = only.filter((n) => !machines.some((m) => m.name === n || m.address === n));
  if (unknown.length > 0) {
    throw new KmonError(
      'usage',
      `--only names ${unknown.join(', ')}, which is no machine of room ${room.name}`,
      {
        hint: `choose among: ${machines.map((m) => m.name).join(', ')}`,
      },
    );
  }
  return machines.filter((m) => only.includes(m.name) || only.includes(m.address));
}
