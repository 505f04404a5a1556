import { chmodSync, createReadStream, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { zipSync } from 'fflate';
import type { Zippable } from 'fflate';
import { create } from 'tar';

/** Which archives know no time before: a zip's begin with it. */
const ALWAYS = new Date(1980, 0, 1);

/** The files below a folder, in one order everywhere; may be run, or not. */
function filesOf(folder: string): readonly { readonly path: string; readonly runs: boolean }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(folder, file), runs: (statSync(file).mode & 0o100) !== 0 }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The folder `name` below `within` as a tar.gz. Owner, time and umask of whoever makes it are not in it. */
export async function writeTar(within: string, name: string, file: string): Promise<void> {
  const files = filesOf(join(within, name));
  for (const { path, runs } of files) chmodSync(join(within, name, path), runs ? 0o755 : 0o644);
  await create(
    { cwd: within, file, gzip: { level: 9 }, portable: true, mtime: ALWAYS, noDirRecurse: true },
    files.map(({ path }) => join(name, path)),
  );
}

/** The same as a zip. */
export function writeZip(within: string, name: string, file: string): void {
  const content: Zippable = {};
  for (const { path, runs } of filesOf(join(within, name)))
    content[`${name}/${path}`] = [
      readFileSync(join(within, name, path)),
      // As a zip of Unix: the mode in the upper half.
      { os: 3, attrs: (0o100000 | (runs ? 0o755 : 0o644)) << 16, mtime: ALWAYS },
    ];
  writeFileSync(file, zipSync(content, { level: 9 }));
}

/** A line of SHA256SUMS, as `sha256sum --check` reads it. */
export async function sumLine(folder: string, name: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(folder, name)), hash);
  return `${hash.digest('hex')}  ${name}\n`;
}
