import { randomBytes } from 'node:crypto';
import { access, lstat, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Secret } from '../shell/secret.js';
import { makeFolder } from './make-folder.js';
import { thisPlatform } from './platform/this-platform.js';

/** The text of a file of this computer; `undefined` when there is none, or it cannot be read. */
export async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

/** The same where it matters why: `undefined` only when there is none. Rejects when it is there and cannot be read. */
export async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Writes a file that its owner alone may read (0600, its folder 0700; on Windows by its list of access): whole, or not at all. No other file is touched. */
export async function writePrivateFile(file: string, content: string | Secret): Promise<void> {
  await makeFolder(dirname(file), 0o700);
  // Not the number of the process alone: in a container each has the same, and one that was killed may have left its file.
  const fresh = `${file}.${process.pid}-${randomBytes(3).toString('hex')}.new`;
  const handle = await open(fresh, 'wx', 0o600);
  try {
    try {
      thisPlatform.shut(fresh, 'file');
      await handle.writeFile(typeof content === 'string' ? content : content.reveal());
      await handle.sync();
    } finally {
      await handle.close();
    }
    await thisPlatform.replace(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Keeps what was fetched, for the next time: whole, or not at all. */
export async function keepFile(file: string, content: Buffer): Promise<void> {
  await makeFolder(dirname(file));
  const fresh = `${file}.${process.pid}.new`;
  try {
    await writeFile(fresh, content);
    await thisPlatform.replace(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
}

/** Removes a file of this computer; that there is none is no failure. */
export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** What lies there itself, a link not followed: `other` is a folder, a link, a pipe, a device. Only a `file` can be read without harm. */
export async function kindOfFile(file: string): Promise<'none' | 'file' | 'other'> {
  const there = await lstat(file).catch(() => undefined);
  return there === undefined ? 'none' : there.isFile() ? 'file' : 'other';
}

export async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
