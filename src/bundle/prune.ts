import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Bundle, BundlePart } from './bundle.js';
import { forgetMaking } from './making.js';
import { bundlePartFile } from './parts.js';
import { LIST } from './read.js';
import { writeList } from './write-list.js';

/**
 * Removes parts of a bundle, and what an interrupted making left. The list goes first: a folder with a list holds what it tells of, however
 * this ends. At least one part has to stay.
 */
export async function pruneBundle(bundle: Bundle, parts: readonly BundlePart[]): Promise<Bundle> {
  await forgetMaking(bundle.folder);
  if (parts.length === 0) return bundle;
  const kept = bundle.parts.filter((p) => !parts.includes(p));
  const needed = bundle.architectures.filter((a) =>
    kept.some((p) => (p.architecture ?? a) === a && p.kind !== 'chart'),
  );
  const pruned = { ...bundle, parts: kept, architectures: needed };
  await writeList(pruned, LIST);
  for (const part of parts) {
    const file = bundlePartFile(bundle, part);
    await rm(file, { force: true });
    // The folder too, where it was the last one in it.
    await rmdir(dirname(file)).catch(() => undefined);
  }
  return pruned;
}
