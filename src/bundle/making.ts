import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The folder in a bundle's folder where everything lies that is on its way into it: pieces by their checksum, parts of pieces, and the list of
 * what is ready. No part of a bundle can have a name in it.
 */
export const MAKING = '.making';

/** The list of a bundle that is not ready, in that folder. */
export const MAKING_LIST = `${MAKING}/bundle.yaml`;

/** How many bytes an interrupted making left; `undefined` when there is nothing. */
export async function leftOfMaking(folder: string): Promise<number | undefined> {
  const below = await readdir(join(folder, MAKING)).catch(() => undefined);
  if (below === undefined) return undefined;
  const sizes = await Promise.all(
    below.map((name) =>
      lstat(join(folder, MAKING, name)).then(
        (s) => s.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

export async function forgetMaking(folder: string): Promise<void> {
  await rm(join(folder, MAKING), { recursive: true, force: true });
}
