import { randomBytes } from 'node:crypto';
import { chmod, chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KmonError } from '../errors/kmon-error.js';
import { Secret } from '../shell/secret.js';
import { lastLine, type RunProgram } from './process.js';
import { isLabRoomFile, roomIn } from './room-file.js';
import { makeFolder } from '../here/make-folder.js';
import { thisPlatform } from '../here/platform/this-platform.js';

/** The files of a lab in its folder. */
export interface LabFiles {
  readonly config: string;
  readonly key: string;
  readonly publicKey: string;
  readonly knownHosts: string;
  readonly password: string;
  /** What kmon keeps of the room beside its kmon.yaml. */
  readonly state: string;
}

export function labFiles(dir: string): LabFiles {
  return {
    config: join(dir, 'kmon.yaml'),
    key: join(dir, 'id_ed25519'),
    publicKey: join(dir, 'id_ed25519.pub'),
    knownHosts: join(dir, 'known_hosts'),
    password: join(dir, 'sudo-password'),
    state: join(dir, '.kmon'),
  };
}

/** How to log in to the machines. */
export interface LabCredentials {
  readonly publicKey: string;
  readonly password: Secret;
  /** Made by this call: machines that are there already do not know them. */
  readonly fresh: boolean;
}

/**
 * Makes sure that the folder may be used: it is there, and a kmon.yaml in it is the lab's own.
 *
 * @throws KmonError `precondition` before anything is touched, when a kmon.yaml or a key there is somebody's or another lab's.
 */
export async function claimDir(dir: string, lab: string): Promise<void> {
  const files = labFiles(dir);
  const config = await read(files.config);
  if (config !== undefined && !isLabRoomFile(config)) {
    throw new KmonError(
      'precondition',
      `${files.config} was not written by kmon lab up, so it stays as it is`,
      {
        hint: 'run kmon lab up in another folder',
      },
    );
  }
  if (config !== undefined && roomIn(config) !== lab) {
    throw new KmonError(
      'precondition',
      `${files.config} is of lab ${roomIn(config) ?? 'without a name'}, not of ${lab}`,
      {
        hint: 'run kmon lab up in another folder, or with the name of that lab',
      },
    );
  }
  // The password is the first file that a lab writes: without it and without kmon.yaml the others belong to somebody.
  if (config === undefined && (await read(files.password)) === undefined) {
    for (const file of [files.key, files.publicKey, files.knownHosts]) {
      if ((await read(file)) === undefined) continue;
      throw new KmonError('precondition', `${file} is there already and not the lab's`, {
        hint: 'run kmon lab up in another folder',
      });
    }
  }
  await makeFolder(dir);
}

/** The lab's key pair and password; what is missing is made. */
export async function ensureCredentials(dir: string, lab: string, run: RunProgram): Promise<LabCredentials> {
  const files = labFiles(dir);
  let fresh = false;
  if ((await read(files.password)) === undefined) {
    await writeLabFile(files.password, `${randomBytes(12).toString('base64url')}\n`, 0o600);
    fresh = true;
  }
  if ((await read(files.key)) === undefined || (await read(files.publicKey)) === undefined) {
    await rm(files.key, { force: true });
    const args = ['-q', '-t', 'ed25519', '-N', '', '-C', `kmon-lab-${lab}`, '-f', files.key];
    const end = await run('ssh-keygen', args);
    if (end.missing || end.exitCode !== 0) {
      throw new KmonError('precondition', "the lab's key pair could not be made", {
        hint: 'run scripts/lab-setup as root, which installs ssh-keygen',
        evidence: lastLine(end.stderr),
      });
    }
    await Promise.all([giveToCaller(files.key), giveToCaller(files.publicKey)]);
    fresh = true;
  }
  return {
    publicKey: ((await read(files.publicKey)) ?? '').trim(),
    password: new Secret(((await read(files.password)) ?? '').trim()),
    fresh,
  };
}

/** Writes a file of the lab whole or not at all, and only when it changes. */
export async function writeLabFile(file: string, text: string, mode: number): Promise<void> {
  if ((await read(file)) === text) return;
  const partial = `${file}.${process.pid}.part`;
  await writeFile(partial, text, { mode });
  await chmod(partial, mode);
  await giveToCaller(partial);
  await rename(partial, file);
}

/**
 * Removes what `lab up` wrote for this lab, and the room's state; nothing in a folder whose kmon.yaml is another lab's or somebody's.
 *
 * @param certain the lab itself said that this is its folder: its files may then lack a kmon.yaml, when `lab up` did not come that far.
 */
export async function removeLabFiles(dir: string, lab: string, certain: boolean): Promise<readonly string[]> {
  const files = labFiles(dir);
  const config = await read(files.config);
  const ours =
    config === undefined
      ? certain && (await read(files.password)) !== undefined
      : isLabRoomFile(config) && roomIn(config) === lab;
  if (!ours) return [];
  await rm(files.state, { recursive: true, force: true });
  const removed: string[] = [];
  // What tells that the others are ours goes last.
  for (const file of [files.key, files.publicKey, files.knownHosts, files.config, files.password]) {
    if ((await read(file)) === undefined) continue;
    await rm(file);
    removed.push(file);
  }
  return removed;
}

/** A file's text; undefined when there is none. */
export async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new KmonError('precondition', `${file} cannot be read`, { cause: error });
  }
}

/** Under sudo the files are for the person who called, or no later command could read the key. */
async function giveToCaller(file: string): Promise<void> {
  const [uid, gid] = [Number(process.env['SUDO_UID']), Number(process.env['SUDO_GID'])];
  if (thisPlatform.userNumber === 0 && uid > 0 && gid > 0) await chown(file, uid, gid);
}
