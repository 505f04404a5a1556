import type { Role } from './machine.js';
import type { KnownRoom } from './room.js';

/** Whose a ledger is: the room that changed the machine, and who sat at the keyboard. Every entry of a ledger carries it. */
export interface RoomMark {
  /** Of this room alone, whatever it is called; it lies in `.kmon/room-id` beside kmon.yaml. */
  readonly id: string;
  readonly name: string;
  /** Address of its parent, by which people find it. */
  readonly parent: string;
  /** What the machine is in that room. */
  readonly role: Role;
  /** user@computer of the person. */
  readonly by: string;
}

/**
 * Whether a mark is of the room that this kmon.yaml describes: the id decides. From another keyboard, or after `.kmon/` was lost, the id
 * is not known; then the same name with the same parent is the same room, so that a lesson can be ended from anywhere.
 */
export function isOfRoom(mark: RoomMark, { roomId, room }: KnownRoom): boolean {
  if (roomId !== undefined) return mark.id === roomId;
  return mark.name === room.name && mark.parent === room.parent.address;
}

/** `undefined` for anything that is no mark. */
export function parseRoomMark(value: unknown): RoomMark | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, name, parent, role, by }: Partial<Record<keyof RoomMark, unknown>> = value;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof parent !== 'string') return undefined;
  if ((role !== 'parent' && role !== 'child') || typeof by !== 'string') return undefined;
  return { id, name, parent, role, by };
}
