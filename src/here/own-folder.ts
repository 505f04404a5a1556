import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What kmon needs to know of its own package.json. */
interface Package {
  readonly name: string;
  readonly version: string;
}

let found: { readonly path: string; readonly own: Package } | undefined;

/**
 * kmon's own folder, where `templates/` lies: the nearest one above this code with kmon's package.json. The code itself lies deeper or less
 * deep in it as a source, as a part of the built program, or as a part of another program that is compiled with it.
 */
export function ownFolder(): string {
  return find().path;
}

/** The version of the kmon that runs. */
export function ownVersion(): string {
  return find().own.version;
}

function find(): { readonly path: string; readonly own: Package } {
  let path = dirname(fileURLToPath(import.meta.url));
  while (found === undefined) {
    const own = packageIn(path);
    if (own?.name === 'kmon') found = { path, own };
    else if (dirname(path) === path)
      throw new Error('no folder above this program has the package.json of kmon');
    else path = dirname(path);
  }
  return found;
}

function packageIn(folder: string): Package | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
