import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KmonError } from '../../errors/kmon-error.js';
import { inMegabytes } from '../bytes.js';
import { bytesToFetch } from './plan.js';
import type { BundlePlan } from './plan.js';

/** Programs are packed to about a third of what they are. */
const UNPACKED = 3.5;

/** How much making the bundle writes before it clears away: pieces, and what is made of them. */
export async function spaceNeeded({ folder, jobs }: BundlePlan): Promise<number> {
  let bytes = 0;
  const counted = new Set<string>();
  for (const { pieces, there, source } of jobs) {
    if (there !== undefined) continue;
    for (const piece of pieces) {
      if (!counted.has(piece.sha256)) bytes += await bytesToFetch(folder, piece);
      counted.add(piece.sha256);
      if (source.kind === 'images') bytes += piece.sizeBytes;
      else if (source.kind === 'release' && source.parts.some((p) => p.member !== undefined))
        bytes += piece.sizeBytes * UNPACKED;
    }
  }
  return bytes;
}

/** @throws KmonError `precondition` when there is less than that, before anything is written */
export async function needSpace(plan: BundlePlan): Promise<void> {
  const free = await freeBytes(plan.folder);
  const needed = await spaceNeeded(plan);
  if (free >= needed) return;
  throw new KmonError(
    'precondition',
    `${plan.folder} has ${inMegabytes(free)} free, the bundle needs ${inMegabytes(needed)}`,
    { hint: 'make room, or name a folder on another disk' },
  );
}

/** Of the disk that a folder is on, or will be. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    const above = dirname(folder);
    if (above === folder) throw error;
    return freeBytes(above);
  }
}
