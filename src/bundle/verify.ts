import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { KmonError } from '../errors/kmon-error.js';
import type { Bundle, BundlePart } from './bundle.js';
import { bundlePartFile } from './parts.js';

/**
 * Proves that every part is what the list says, before any of it goes to a machine.
 *
 * A part that was proven before is not read again while its file has the same inode, size and time of change: `memory` is the file that
 * remembers it.
 *
 * @throws KmonError `precondition` that names every part that is missing or differs.
 */
export async function verifyBundle(bundle: Bundle, memory: string, signal: AbortSignal): Promise<void> {
  const known = await readMemory(memory);
  const proven: Record<string, string> = {};
  const wrong: string[] = [];
  for (const part of bundle.parts) {
    signal.throwIfAborted();
    const file = bundlePartFile(bundle, part);
    const seen = await stampOf(file, part);
    if (seen === undefined) wrong.push(`${part.file} is missing or has another size`);
    else if (known[file] === seen || (await hash(file, signal)) === part.sha256) proven[file] = seen;
    else wrong.push(`${part.file} has another checksum`);
  }
  if (wrong.length > 0) {
    throw new KmonError('precondition', `the bundle ${bundle.name} is damaged: ${wrong.join('; ')}`, {
      hint: 'build or copy the bundle again; nothing was sent to a machine',
    });
  }
  await mkdir(dirname(memory), { recursive: true, mode: 0o700 });
  await writeFile(memory, JSON.stringify(proven), { mode: 0o600 });
}

/** What tells that a file is the same as when it was read; holds the checksum it was proven to have. */
async function stampOf(file: string, part: BundlePart): Promise<string | undefined> {
  try {
    const s = await stat(file, { bigint: true });
    return Number(s.size) === part.sizeBytes
      ? `${part.sha256} ${s.ino} ${s.size} ${s.mtimeNs} ${s.ctimeNs}`
      : undefined;
  } catch {
    return undefined;
  }
}

async function hash(file: string, signal: AbortSignal): Promise<string> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), sum, { signal });
  return sum.digest('hex');
}

async function readMemory(memory: string): Promise<Readonly<Record<string, string>>> {
  try {
    return JSON.parse(await readFile(memory, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
