import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sha256Of } from '../fetch/download.js';
import type { Bundle, BundlePart } from './bundle.js';
import { leftOfMaking, MAKING } from './making.js';
import { bundlePartFile } from './parts.js';
import { LIST } from './read.js';
import { withSlashes } from '../here/platform/with-slashes.js';

/** What a folder is, held against its list. */
export interface Examined {
  /** Parts that are not as the list says, and in what. */
  readonly wrong: readonly { readonly part: BundlePart; readonly what: string }[];
  /** Files that the list does not tell of, by their path below the folder. */
  readonly strange: readonly string[];
  /** Bytes that an interrupted making left. */
  readonly leftBytes: number;
}

/** Reads every part whole, whatever was proven before. @throws KmonError `interrupted` */
export async function examineBundle(
  bundle: Bundle,
  signal: AbortSignal,
  told: (part: BundlePart) => void,
): Promise<Examined> {
  const wrong: { readonly part: BundlePart; readonly what: string }[] = [];
  for (const part of bundle.parts) {
    told(part);
    const what = await troubleWith(bundle, part, signal);
    if (what !== undefined) wrong.push({ part, what });
  }
  return { wrong, strange: await strangeIn(bundle), leftBytes: (await leftOfMaking(bundle.folder)) ?? 0 };
}

async function troubleWith(
  bundle: Bundle,
  part: BundlePart,
  signal: AbortSignal,
): Promise<string | undefined> {
  const file = bundlePartFile(bundle, part);
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true) return 'is missing';
  if (stats.size !== part.sizeBytes) return `has ${stats.size} bytes, not ${part.sizeBytes}`;
  return (await sha256Of(file, signal)) === part.sha256 ? undefined : 'has another checksum';
}

async function strangeIn({ folder, parts }: Bundle): Promise<readonly string[]> {
  const known = new Set([LIST, ...parts.map((p) => p.file)]);
  const below = await readdir(folder, { recursive: true, withFileTypes: true });
  return below
    .filter((entry) => !entry.isDirectory())
    .map((entry) => withSlashes(relative(folder, join(entry.parentPath, entry.name))))
    .filter((path) => !known.has(path) && !path.startsWith(`${MAKING}/`) && !/(?:^|\/)\.[^/]*$/.test(path))
    .toSorted();
}
