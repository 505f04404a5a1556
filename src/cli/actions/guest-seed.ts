import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { shownPath } from '../../config/load.js';
import { expandPath } from '../../config/paths.js';
import { KmonError } from '../../errors/kmon-error.js';
import { guestSeed } from '../../guest/seed.js';
import type { Io } from '../io.js';
import { withView } from '../with-view.js';
import type { ShowOptions } from '../with-view.js';

export interface GuestSeedOptions extends ShowOptions {
  readonly name: string;
  readonly key: string;
  readonly out: string | undefined;
}

/** `kmon guest seed` */
export function guestSeedCommand(io: Io, o: GuestSeedOptions): Promise<number> {
  return withView(io, o, async (view) => {
    const keys = await readKeys(expandPath(o.key, { folder: io.cwd, home: homedir() }), o.key);
    const image = guestSeed({ hostname: o.name, authorizedKeys: keys });
    const file = resolve(io.cwd, o.out ?? `${o.name}-seed.iso`);
    const shown = shownPath(file, io.cwd);
    try {
      await writeFile(file, image, { flag: 'wx' });
    } catch (error) {
      const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      throw new KmonError(
        'precondition',
        isThere ? `${shown} is there already` : `${shown} cannot be written`,
        {
          hint: 'name another file with --out',
          cause: error,
        },
      );
    }
    view.result(`the seed of ${o.name} is there: ${shown}`, { file, bytes: image.length, keys: keys.length });
    return 0;
  });
}

/** The keys of a .pub file: a line each, but for comments. */
async function readKeys(file: string, named: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new KmonError('config', `there is no public key in ${named}`, {
      hint: 'name the file of one: --key FILE.pub, as ssh-keygen writes it beside the private one',
      cause: error,
    });
  });
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
