import { KmonError } from '../errors/kmon-error.js';
import type { Machine, Observed } from './machine.js';

/** The computers of one workshop: exactly one parent and any number of children, names and addresses unique. */
export interface Room {
  readonly name: string;
  readonly parent: Machine;
  readonly children: readonly Machine[];
  /** Computers that are only watched (`kind: observed`). */
  readonly observed: readonly Observed[];
}

/** A room with the id that tells it from every other: all that a run has to know of it. What a stage needs beside that, it says. */
export interface KnownRoom {
  readonly room: Room;
  /** Absent until kmon changes the first machine. */
  readonly roomId?: string;
  /** The id that it gets then; absent: a new one. */
  readonly roomIdToBe?: string;
}

/** Parent first, then the children in the order of kmon.yaml: every list and report keeps this order. */
export function allMachines(room: Room): readonly Machine[] {
  return [room.parent, ...room.children];
}

/** The same, and the computers that are only observed behind them. */
export function allComputers(room: Room): readonly (Machine | Observed)[] {
  return [...allMachines(room), ...room.observed];
}

/**
 * The machines named by `--only` (by name or address), in the room's order.
 *
 * @throws KmonError `usage` that names every unknown name at once, or an observed computer: no stage may touch it.
 */
export function selectMachines(room: Room, only: readonly string[]): readonly Machine[] {
  const watched = selectComputers(room, only).observed;
  if (only.length > 0 && watched.length > 0) {
    throw new KmonError(
      'usage',
      `--only names ${watched.map((o) => o.name).join(', ')}, which is only observed: nothing is changed there`,
      { hint: 'leave it out; `kmon check` and `kmon status` show it' },
    );
  }
  return selectComputers(room, only).machines;
}

/**
 * The same for commands that only look: with the observed computers, and with all of them when nothing is named.
 *
 * @throws KmonError `usage` that names every unknown name at once.
 */
export function selectComputers(
  room: Room,
  only: readonly string[],
): { readonly machines: readonly Machine[]; readonly observed: readonly Observed[] } {
  const machines = allMachines(room);
  const { observed } = room;
  if (only.length === 0) return { machines, observed };
  const all = allComputers(room);
  const unknown = only.filter((n) => !all.some((m) => m.name === n || m.address === n));
  if (unknown.length > 0) {
    throw new KmonError(
      'usage',
      `--only names ${unknown.join(', ')}, which is no machine of room ${room.name}`,
      {
        hint: `choose among: ${all.map((m) => m.name).join(', ')}`,
      },
    );
  }
  const named = (m: Machine | Observed): boolean => only.includes(m.name) || only.includes(m.address);
  return { machines: machines.filter(named), observed: observed.filter(named) };
}
