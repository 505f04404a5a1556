import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { thisPlatform } from '../../here/platform/this-platform.js';
import type { WrittenDocument } from '../document.js';
import { expandPath, type PathBase } from '../paths.js';
import { PAGERDUTY_KEY } from '../sections/alerts.js';
import { isSecretPlace } from './check-alerts.js';
import { showPath, showText, type KeyPath, type Problem } from './problems.js';

type Kind = 'key' | 'password' | 'known hosts' | 'values';

const KINDS: Readonly<Record<string, Kind>> = {
  key: 'key',
  passwordFile: 'password',
  sudoPasswordFile: 'password',
  // The address of a webhook is as good as a password.
  urlFile: 'password',
  keyFile: 'password',
  knownHosts: 'known hosts',
  values: 'values',
};

/**
 * Files that kmon.yaml names and every command needs: there, readable, private keys that are private. The bundle is not among them:
 * it is looked at when something is installed from it, so that `status` and `teardown` work without it.
 */
export async function checkFiles(doc: WrittenDocument, base: PathBase): Promise<readonly Problem[]> {
  const found = namedFiles(doc.value, []);
  const problems = await Promise.all(
    found.map(async ({ path, kind, written }) => {
      const file = expandPath(written, base);
      // kmon's own pin file comes into being with the first pinned key.
      if (kind === 'known hosts' && file === join(base.folder, '.kmon', 'known_hosts')) return [];
      const trouble = await troubleWith(kind, file);
      return trouble === undefined
        ? []
        : [{ at: doc.at(path), text: `${showPath(path)} ${showText(written)} ${trouble}` }];
    }),
  );
  return problems.flat();
}

interface NamedFile {
  readonly path: KeyPath;
  readonly kind: Kind;
  readonly written: string;
}

/** Every path below a key that names a file, wherever it is: these keys mean the same in every map. */
function namedFiles(value: unknown, path: KeyPath): readonly NamedFile[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const below = [...path, Array.isArray(value) ? Number(name) : name];
    // Where alerts go, a `key` would be the secret itself, which has a message of its own.
    const kind = isSecretPlace(below) && !name.endsWith('File') ? undefined : KINDS[name];
    if (kind === undefined || Array.isArray(value)) return namedFiles(inner, below);
    const list = Array.isArray(inner)
      ? inner.map((v: unknown, i) => ({ v, at: [...below, i] }))
      : [{ v: inner, at: below }];
    return list.flatMap(({ v, at }) =>
      // An address or a key in place of a file is a mistake that the schema tells, without repeating what may be a secret.
      typeof v === 'string' && v !== '' && !v.includes('://') && !PAGERDUTY_KEY.test(v)
        ? [{ path: at, kind, written: v }]
        : [],
    );
  });
}

/** Why a file cannot be the private key of a login; `undefined`: it can. No more than its beginning is read. */
export function keyTrouble(file: string): Promise<string | undefined> {
  return troubleWith('key', file);
}

async function troubleWith(kind: Kind, file: string): Promise<string | undefined> {
  try {
    const stats = await stat(file);
    if (!stats.isFile()) return 'is not a file';
    await access(file, constants.R_OK);
    const exposed = kind === 'password' ? thisPlatform.readers(file, stats) : undefined;
    if (exposed !== undefined)
      return `may be read by other users of this computer (${exposed.how}): ${exposed.remedy}`;
    if (kind === 'key' && (await beginning(file)).startsWith('ssh-')) {
      return 'is a public key: it must be the private one';
    }
    return undefined;
  } catch (error) {
    return reason(error);
  }
}

async function beginning(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'does not exist',
    ENOTDIR: 'does not exist',
    EACCES: 'may not be read by this user',
    EPERM: 'may not be read by this user',
    ELOOP: 'is a link that leads nowhere',
  };
  return known[code] ?? `cannot be read (${code})`;
}
