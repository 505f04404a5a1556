import type { Purpose } from '../../artifacts/artifact.js';
import type { ImageArchive, SentFile } from '../../artifacts/supply.js';
import { give, key } from '../../engine/results.js';
import type { Results } from '../../engine/results.js';
import type { Context } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { checksums, parseChecksums } from '../../tools/checksum.js';
import { importImages, listImages } from '../../tools/containerd.js';
import { putFile } from '../../tools/put-file.js';

/** Paths of what was copied in this run: a copy takes its place only when its checksum is right, so it is not read again. */
const COPIED = key<readonly string[]>('what was copied');

/** For any of these purposes. */
export function filesFor(
  purposes: readonly Purpose[],
  { machine, facts, supply }: Context,
): readonly SentFile[] {
  return purposes.flatMap((purpose) => supply.sentTo(machine.role, purpose, facts.architecture).files);
}

/** Those that the machine lacks, or has otherwise, told by checksum. */
export async function lackingFiles(
  purposes: readonly Purpose[],
  c: Context,
  so: Results,
): Promise<readonly SentFile[]> {
  const copied = so.get(COPIED) ?? [];
  const wanted = filesFor(purposes, c).filter((f) => !copied.includes(f.path));
  if (wanted.length === 0) return [];
  const paths = wanted.map((f) => f.path);
  const sums = parseChecksums((await c.run.query(checksums(paths))).stdout);
  return wanted.filter((f) => sums.get(f.path) !== f.sha256);
}

export function copying({ name, version, sizeBytes, path, file, sha256, mode, packed }: SentFile): Step {
  return {
    at: 'machine',
    intent: `copy ${name} ${version} (${inMegabytes(sizeBytes)}) to ${path}`,
    command: putFile({ path, content: { file }, packed, sha256, mode, timeoutMs: 900_000 }),
    abreast: true,
    gives: (so) => give(COPIED, [...(so.get(COPIED) ?? []), path]),
  };
}

export function archivesFor(
  purposes: readonly Purpose[],
  { machine, facts, supply }: Context,
): readonly ImageArchive[] {
  return purposes.flatMap((purpose) => supply.sentTo(machine.role, purpose, facts.architecture).archives);
}

/** Those of which an image is missing; names are pinned versions, so a name stands for its content. */
export async function lackingArchives(
  purposes: readonly Purpose[],
  c: Context,
): Promise<readonly ImageArchive[]> {
  const wanted = archivesFor(purposes, c);
  if (wanted.length === 0) return [];
  const there = new Set((await c.run.query(listImages)).stdout.split('\n').filter((l) => l !== ''));
  return wanted.filter((archive) => archive.images.some((image) => !there.has(image)));
}

export function loading({ name, images, sizeBytes, file }: ImageArchive): Step {
  return {
    at: 'machine',
    intent: `load ${images.length} ${images.length === 1 ? 'image' : 'images'}: ${name} (${inMegabytes(sizeBytes)})`,
    command: importImages({ file }),
    abreast: true,
  };
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
