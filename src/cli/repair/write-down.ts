import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { configOf } from '../../config/load.js';
import { readdressed } from '../../config/writing/readdress.js';
import { repinHostKeys } from '../../transport/host-keys/pins.js';
import { readExisting, saveRoom } from '../new/save.js';
import type { Moved } from './what-to-write.js';

/**
 * Writes the new addresses into a kmon.yaml, and has the room's own pins know the machines there. Both or neither: with the pins alone, a machine
 * that has another one's address would be taken for it.
 *
 * @param shown how messages call the file
 * @throws KmonError `config` for a file that kmon would not take then, with nothing written
 */
export async function writeDown(file: string, shown: string, moved: readonly Moved[]): Promise<void> {
  const text = (await readExisting(file)) ?? '';
  const next = readdressed(text, new Map(moved.map((row) => [row.name, row.now])));
  await configOf(next, file, shown);
  const pins = join(dirname(file), '.kmon/known_hosts');
  const before = await readFile(pins).catch(() => undefined);
  try {
    for (const { now, port, key } of moved) await repinHostKeys(pins, now, port, [key]);
    await saveRoom(file, next, true);
  } catch (error) {
    if (before === undefined) await rm(pins, { force: true });
    else await writeFile(pins, before, { mode: 0o600 });
    throw error;
  }
}
