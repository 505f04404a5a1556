import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../here/make-folder.js';

/** Where it lies. */
export function roomIdFile(stateDir: string): string {
  return join(stateDir, 'room-id');
}

/** The id of the room whose state lies here; `undefined` when it has none yet, or nobody can read it. */
export async function readRoomId(stateDir: string): Promise<string | undefined> {
  const text = await readFile(roomIdFile(stateDir), 'utf8').catch(() => '');
  const id = text.trim();
  return isRoomId(id) ? id : undefined;
}

/** Whether a text can be such an id. */
export function isRoomId(text: string): boolean {
  return /^[0-9a-zA-Z-]{8,64}$/.test(text);
}

/** Keeps it for all runs to come. It is no secret; the folder is as private as everything in it. */
export async function keepRoomId(stateDir: string, id: string): Promise<void> {
  await makeFolder(stateDir, 0o700);
  await writeFile(roomIdFile(stateDir), `${id}\n`, { mode: 0o600 });
}
