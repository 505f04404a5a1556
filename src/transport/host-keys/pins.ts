import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KmonError } from '../../errors/kmon-error.js';
import { entriesFor, formatKnownHost, parseKnownHosts } from './known-hosts.js';
import type { KnownHost } from './known-hosts.js';
import { makeFolder } from '../../here/make-folder.js';
import { readText, writePrivateFile } from '../../here/private-files.js';

/** The pinned keys of all files that exist, in the order of the files. @throws KmonError `config` for one that cannot be read. */
export async function readKnownHosts(files: readonly string[]): Promise<readonly KnownHost[]> {
  const known: KnownHost[] = [];
  for (const file of new Set(files)) {
    const bytes = await readFile(file).catch((cause: unknown) => {
      if (isMissing(cause)) return Buffer.alloc(0);
      throw new KmonError('config', `the file of known hosts ${file} cannot be read`, {
        hint: 'correct its path or its permissions',
        cause,
      });
    });
    known.push(...parseKnownHosts(plainText(bytes), file));
  }
  return known;
}

/**
 * Lines are of ASCII, whatever program has added them: one half of the file may be UTF-16 (`>>` of PowerShell 5) and the other not. A pin that is
 * not read would let any key pass, so what both halves have in common is taken.
 */
function plainText(bytes: Buffer): string {
  const marked = bytes[0] === 0xff || bytes[0] === 0xfe || bytes[0] === 0xef;
  return Buffer.from(bytes.filter((byte) => byte !== 0))
    .toString('utf8')
    .replace(marked ? /^[\uFEFF\uFFFD]+/ : '', '');
}

/** Reads known hosts for many machines. */
export interface KnownHostsReader {
  /** As `readKnownHosts`, and at most a second old: machines that are dialled together share one reading. */
  read(files: readonly string[]): Promise<readonly KnownHost[]>;
  /** A key was added: what was read before is of no use any more. */
  forget(): void;
}

const FRESH_MS = 1000;

export function knownHostsReader(now: () => number = () => performance.now()): KnownHostsReader {
  const readings = new Map<string, { readonly at: number; readonly known: Promise<readonly KnownHost[]> }>();
  return {
    read(files) {
      const of = files.join('\n');
      const last = readings.get(of);
      if (last !== undefined && now() - last.at < FRESH_MS) return last.known;
      const known = readKnownHosts(files);
      readings.set(of, { at: now(), known });
      return known;
    },
    forget() {
      readings.clear();
    },
  };
}

/**
 * Adds a key to a known_hosts file, which is made when missing (file 0600, folder 0700). One write at the end of the file, so that
 * several machines may be pinned at the same time.
 */
export async function pinHostKey(file: string, host: string, port: number, key: Buffer): Promise<void> {
  await makeFolder(dirname(file), 0o700);
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    // A file that was edited by hand may lack the end of its last line.
    const gap = size > 0 && last[0] !== 0x0a ? '\n' : '';
    await handle.appendFile(gap + formatKnownHost(host, port, key));
  } finally {
    await handle.close();
  }
}

/**
 * Makes these the only keys by which a machine is known in a known_hosts file of kmon's own: what it was known by before, or somebody else had
 * under its address, counts no more, however its line says that it is about this machine; what is revoked stays revoked. For keys that came over a way which proves them, not for those that a machine only shows.
 */
export async function repinHostKeys(
  file: string,
  host: string,
  port: number,
  keys: readonly Buffer[],
): Promise<void> {
  const lines = plainText(Buffer.from((await readText(file)) ?? ''))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .filter((line) => entriesFor(parseKnownHosts(line, file), host, port).every((entry) => entry.revoked));
  const pins = keys.map((key) => formatKnownHost(host, port, key)).join('');
  await writePrivateFile(file, lines.map((line) => `${line}\n`).join('') + pins);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
