import { createHash } from 'node:crypto';
import { readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KmonError } from '../errors/kmon-error.js';
import { makeFolder } from './make-folder.js';

/** A file below the folder; its path has slashes. */
export interface FilledFile {
  readonly path: string;
  readonly text: string;
}

/** Lies in a folder that kmon filled, and says what kmon put there: no other file is touched the next time. */
export const FILLED = 'kmon-rendered.json';

/** Names and folders of plain letters: whatever a list says, the path stays below the folder. */
const INSIDE =
  /^(?:[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*\/)*[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;

/**
 * Looks whether a folder may be filled: it is not there, is empty, or holds what kmon put there and nobody has changed since. Changes nothing.
 *
 * @param shown what messages call the folder
 * @returns what a former time left there, by path
 * @throws KmonError `precondition`
 */
export async function mayFill(folder: string, shown: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    const code = codeOf(error);
    if (code === 'ENOENT') return [];
    throw code === 'ENOTDIR'
      ? new KmonError('precondition', `${shown} is not a folder; nothing was written`, { hint: OTHER })
      : unwritable(shown, error);
  });
  if (names.length === 0) return [];
  const there = await digestsIn(folder);
  if (there === undefined)
    throw new KmonError(
      'precondition',
      `${shown} is not empty, and kmon did not fill it; nothing was written`,
      {
        hint: OTHER,
      },
    );
  const changed: string[] = [];
  for (const [path, digest] of there) {
    const text = await readFile(join(folder, path), 'utf8').catch(() => undefined);
    if (text !== undefined && digestOf(text) !== digest) changed.push(path);
  }
  if (changed.length > 0)
    throw new KmonError(
      'precondition',
      `somebody changed ${changed.join(', ')} in ${shown} since kmon wrote it; nothing was written`,
      { hint: OTHER },
    );
  return [...there.keys()];
}

/**
 * Fills a folder that `mayFill` allows: what is not among `files` and was left there by a former time goes.
 *
 * @throws KmonError `precondition` where it cannot be written
 */
export async function fillFolder(
  folder: string,
  files: readonly FilledFile[],
  { shown, former }: { readonly shown: string; readonly former: readonly string[] },
): Promise<void> {
  const list = Object.fromEntries(files.map(({ path, text }) => [path, digestOf(text)]));
  try {
    for (const path of former.filter((p) => !(p in list))) await removeWithFolders(folder, path);
    for (const { path, text } of files) {
      await makeFolder(dirname(join(folder, path)));
      await writeFile(join(folder, path), text);
    }
    await writeFile(join(folder, FILLED), `${JSON.stringify(list, undefined, 2)}\n`);
  } catch (error) {
    throw unwritable(shown, error);
  }
}

const OTHER = 'name another folder with --out, or one that is empty';

function unwritable(shown: string, error: unknown): KmonError {
  return new KmonError('precondition', `${shown} cannot be written (${codeOf(error)})`, {
    hint: 'name a folder that is yours with --out',
    cause: error,
  });
}

/** `undefined`: it is no folder of kmon's. */
async function digestsIn(folder: string): Promise<ReadonlyMap<string, unknown> | undefined> {
  const text = await readFile(join(folder, FILLED), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    if (typeof list !== 'object' || list === null) return undefined;
    return new Map(Object.entries(list).filter(([path]) => INSIDE.test(path)));
  } catch {
    return undefined;
  }
}

/** And the folders that are empty then. */
async function removeWithFolders(folder: string, path: string): Promise<void> {
  await rm(join(folder, path), { force: true });
  for (let above = dirname(path); above !== '.'; above = dirname(above))
    if (
      !(await rmdir(join(folder, above)).then(
        () => true,
        () => false,
      ))
    )
      return;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
