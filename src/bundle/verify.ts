import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { KmonError } from '../errors/kmon-error.js';
import type { Bundle, BundlePart } from './bundle.js';
import { bundlePartFile } from './parts.js';
import { makeFolder } from '../here/make-folder.js';
import { thisPlatform } from '../here/platform/this-platform.js';

/**
 * Proves that every part is what the list says, before any of it goes to a machine.
 *
 * A part that was proven before is not read again while its file has the same inode, size and time of change: `memory` is the file that
 * remembers it.
 *
 * @throws KmonError `precondition` that names every part that is missing or differs; `interrupted` when `signal` is aborted.
 */
export async function verifyBundle(bundle: Bundle, memory: string, signal: AbortSignal): Promise<void> {
  const known = await readMemory(memory);
  const proven: Record<string, string> = {};
  const wrong: string[] = [];
  for (const part of bundle.parts) {
    if (signal.aborted) throw new KmonError('interrupted', 'stopped by Ctrl-C');
    const file = bundlePartFile(bundle, part);
    const seen = await stampOf(file, part);
    if (seen === undefined) wrong.push(`${part.file} is missing or has another size`);
    else if (known[file] === seen) proven[file] = seen;
    else {
      const sum = await hash(file, signal);
      if (sum === part.sha256) proven[file] = seen;
      else
        wrong.push(sum === undefined ? `${part.file} cannot be read` : `${part.file} has another checksum`);
    }
  }
  // Also when a part is damaged: the next try then reads only that one.
  if (JSON.stringify(proven) !== JSON.stringify(known)) await remember(memory, proven);
  if (wrong.length > 0) {
    throw new KmonError('precondition', `the bundle ${bundle.name} is damaged: ${wrong.join('; ')}`, {
      hint: 'mend it with `kmon bundle make`, or copy it again; nothing was sent to a machine',
    });
  }
}

/**
 * What tells that a file is the same as when it was read; holds the checksum it was proven to have. The time of change cannot be set back
 * by a program, as that of modification can. Taken before the file is read, so that a change while it is read shows the next time.
 */
async function stampOf(file: string, part: BundlePart): Promise<string | undefined> {
  try {
    const s = await stat(file, { bigint: true });
    return s.isFile() && Number(s.size) === part.sizeBytes
      ? [part.sha256, s.dev, s.ino, s.size, s.mtimeNs, s.ctimeNs].join(' ')
      : undefined;
  } catch {
    return undefined;
  }
}

/** @returns undefined when the file cannot be read to its end. */
async function hash(file: string, signal: AbortSignal): Promise<string | undefined> {
  const sum = createHash('sha256');
  try {
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), sum, { signal });
  } catch {
    if (signal.aborted) throw new KmonError('interrupted', 'stopped by Ctrl-C');
    return undefined;
  }
  return sum.digest('hex');
}

/** A whole file or none: it is renamed into place. */
async function remember(memory: string, proven: Readonly<Record<string, string>>): Promise<void> {
  await makeFolder(dirname(memory), 0o700);
  await writeFile(`${memory}.new`, JSON.stringify(proven), { mode: 0o600 });
  await thisPlatform.replace(`${memory}.new`, memory);
}

/** What cannot be read is nothing: everything is then proven anew. */
async function readMemory(memory: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const read: unknown = JSON.parse(await readFile(memory, 'utf8'));
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
