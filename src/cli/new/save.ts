import { chmod, link, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SCHEMA_FILE } from '../../config/writing/compose.js';
import { configSchemaText } from '../../config/schema.js';
import { KmonError } from '../../errors/kmon-error.js';
import { makeFolder } from '../../here/make-folder.js';
import { thisPlatform } from '../../here/platform/this-platform.js';

/** What stands in the file now; `undefined`: there is none. @throws KmonError `config` when it cannot be read. */
export async function readExisting(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    throw new KmonError('config', `${file} cannot be read (${code})`, {
      hint: 'choose another file with --config',
      cause: error,
    });
  }
}

/**
 * Writes kmon.yaml and the schema that its first line names: whole or not at all. A file that came into being meanwhile is not
 * overwritten.
 *
 * @param replaces the file is there, and somebody has agreed to lose it; its mode stays, and so does a link that leads to it
 * @throws KmonError `config`
 */
export async function saveRoom(file: string, text: string, replaces: boolean): Promise<void> {
  try {
    const folder = dirname(file);
    const schema = join(folder, SCHEMA_FILE);
    await makeFolder(folder);
    await makeFolder(dirname(schema), 0o700);
    await put(schema, configSchemaText(), true);
    await put(replaces ? await realpath(file) : file, text, replaces);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') {
      throw new KmonError('config', `${file} has come into being meanwhile; it was kept`, {
        hint: 'run kmon new again',
        cause: error,
      });
    }
    throw new KmonError('config', `${file} cannot be written (${code})`, {
      hint: 'choose another file with --config, or correct the permissions of its folder',
      cause: error,
    });
  }
}

/** In one step, by way of a file beside it. */
async function put(file: string, text: string, replaces: boolean): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}.new`);
  try {
    await writeFile(draft, text, { flag: 'wx' });
    if (!replaces) {
      await linkOnce(draft, file);
      return;
    }
    const mode = await stat(file).then(
      (s) => s.mode & 0o777,
      () => undefined,
    );
    if (mode !== undefined) await chmod(draft, mode);
    await thisPlatform.replace(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** `rename` would overwrite, `link` does not. Some file systems (a USB stick's) have no links, which Windows calls EISDIR: there the name is taken first. */
async function linkOnce(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'UNKNOWN'].includes(codeOf(error)))
      throw error;
    await writeFile(file, '', { flag: 'wx' });
    await thisPlatform.replace(draft, file);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
