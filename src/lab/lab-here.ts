import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLabRoomFile, roomIn } from './room-file.js';

/** A lab of which nobody says the name. */
const STANDARD = 'lab';

/** The lab that is meant in a folder: the one whose kmon.yaml lies there, as `kmon lab up` wrote it; otherwise "lab". */
export async function labHere(dir: string): Promise<string> {
  const text = await readFile(join(dir, 'kmon.yaml'), 'utf8').catch(() => '');
  return (isLabRoomFile(text) ? roomIn(text) : undefined) ?? STANDARD;
}
