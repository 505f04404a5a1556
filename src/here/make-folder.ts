import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { thisPlatform } from './platform/this-platform.js';

/**
 * Makes a folder and those above it that are missing, each with `mode` (0700: its owner's alone, on Windows too); fine when it is there. Rejects with the error of the system.
 *
 * `mkdir` with `recursive` never ends in a folder in which none can be made, such as /proc: there the same error says that the one above is
 * missing (seen with Node 20.20).
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  if (await isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) await makeFolder(above, mode);
  try {
    await mkdir(folder, { mode });
    if ((mode & 0o077) === 0) thisPlatform.shut(folder, 'folder');
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!(await isFolder(folder))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
