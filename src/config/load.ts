import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { KmonError } from '../errors/kmon-error.js';
import { textOfBytes } from '../here/decode-text.js';
import { checkAddons, checkPortsOfAddons } from './mistakes/check-addons.js';
import { checkAlerts } from './mistakes/check-alerts.js';
import { checkFiles } from './mistakes/check-files.js';
import { checkKeys } from './mistakes/check-keys.js';
import { checkRoom } from './mistakes/check-room.js';
import { checkVersion } from './mistakes/check-version.js';
import type { ReadConfig } from './config.js';
import { readDocument } from './document.js';
import { configError } from './mistakes/problems.js';
import { resolveConfig } from './resolve.js';
import { readRoomId } from './room-id.js';

/** Far more than a room of a thousand machines needs: what is larger is another file. */
const LARGEST_BYTES = 1_000_000;

/**
 * Reads and checks kmon.yaml: `file` as given on the command line, otherwise `kmon.yaml` in `cwd`. Touches nothing.
 *
 * @param home what `~` stands for; the user's own home unless a test says otherwise
 * @throws KmonError `config`: there is no such file, or its message lists every mistake with line and column.
 */
export async function loadConfig(
  file: string | undefined,
  cwd: string,
  home: string = homedir(),
): Promise<ReadConfig> {
  const path = configPath(file, cwd);
  const shown = shownPath(path, cwd);
  const config = await configOf(await readText(path, shown, file !== undefined), path, shown, home);
  const roomId = await readRoomId(config.stateDir);
  return { ...config, ...(roomId === undefined ? {} : { roomId }) };
}

/** Where the kmon.yaml is that the command line means. */
export function configPath(file: string | undefined, cwd: string): string {
  return resolve(cwd, file ?? 'kmon.yaml');
}

/**
 * The same for a text that stands, or is to stand, in the file `path`; `shown` is how messages call it.
 *
 * @throws KmonError `config` as `loadConfig`
 */
export async function configOf(
  text: string,
  path: string,
  shown: string,
  home: string = homedir(),
): Promise<ReadConfig> {
  const doc = readDocument(text);
  if (doc.fatal) throw configError(shown, doc.problems);
  const newer = checkVersion(doc);
  if (newer.length > 0) throw configError(shown, newer);

  const base = { folder: dirname(path), home };
  const keys = checkKeys(doc);
  const problems = [
    ...doc.problems,
    ...keys.problems,
    ...checkRoom(doc),
    ...checkAddons(doc),
    ...checkAlerts(doc),
    ...(await checkFiles(doc, base)),
  ];
  if (problems.length > 0 || keys.written === undefined) throw configError(shown, problems);
  const config = resolveConfig(keys.written, path, base);
  const clashes = checkPortsOfAddons(doc, config);
  if (clashes.length > 0) throw configError(shown, clashes);
  return config;
}

/** Relative to where the person is, unless that leads upwards. */
export function shownPath(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near === '' || near.startsWith('..') ? path : near;
}

async function readText(path: string, shown: string, asked: boolean): Promise<string> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new KmonError('config', `${shown} is not a file`, { hint: HINT });
    if (stats.size > LARGEST_BYTES)
      throw new KmonError('config', `${shown} is too large for a kmon.yaml`, { hint: HINT });
    return textOfBytes(await readFile(path));
  } catch (error) {
    if (error instanceof KmonError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    const message = missing
      ? `there is no ${asked ? shown : 'kmon.yaml in this folder'}`
      : `${shown} cannot be read (${String(code)})`;
    throw new KmonError('config', message, { hint: HINT, cause: error });
  }
}

const HINT =
  'make one with `kmon new`, give the path of another with --config, or rehearse on this computer with `kmon lab up`';
