import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KmonError } from '../../errors/kmon-error.js';
import { sha256Of } from '../../fetch/download.js';
import { refused } from '../../fetch/failures.js';
import type { ImageManifest, Registries } from '../../fetch/registry.js';
import { textAt } from '../../fetch/web.js';
import type { Web } from '../../fetch/web.js';
import type { Bundle, BundlePart } from '../bundle.js';
import { MAKING, MAKING_LIST } from '../making.js';
import { LIST, readBundle } from '../read.js';
import { partsOf } from '../wanted.js';
import type { ImageSet, OwnFile, PartName, PulledFile, Release, Source, WantedBundle } from '../wanted.js';

/** What is fetched in one go, known by its checksum. */
export interface Piece {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** An image of an archive, whose pieces are known. */
export interface KnownImage {
  readonly name: string;
  readonly tag: string;
  readonly manifest: ImageManifest;
}

/** How parts are made of pieces. */
export type Job = {
  readonly parts: readonly PartName[];
  /** What they are made of, each with its checksum: what is there already and was made of the same is not made again. */
  readonly from: readonly string[];
  readonly pieces: readonly Piece[];
  /** The parts as they are there; absent where they have to be made. */
  readonly there?: readonly BundlePart[];
} & (
  | { readonly source: Release }
  | { readonly source: ImageSet; readonly images: readonly KnownImage[] }
  | { readonly source: PulledFile }
  | { readonly source: OwnFile }
);

/** Everything that making a bundle comes to, known before anything is fetched but lists. */
export interface BundlePlan {
  readonly folder: string;
  readonly wanted: WantedBundle;
  readonly jobs: readonly Job[];
  /** Parts of the bundle that is there which are not among those that are made. */
  readonly kept: readonly BundlePart[];
  /** Those of its architectures too. */
  readonly architectures: readonly string[];
}

/**
 * The bundle that is in a folder, or on its way into it; `undefined` where there is neither.
 *
 * @throws KmonError `config` when its list is wrong, `precondition` when it was made by something else
 */
export async function bundleThere(folder: string): Promise<Bundle | undefined> {
  for (const list of [MAKING_LIST, LIST]) {
    if (!(await isThere(join(folder, list)))) continue;
    const bundle = await readBundle(folder, list);
    if (bundle.parts.every((p) => p.from !== undefined)) return bundle;
    throw new KmonError('precondition', `the bundle in ${folder} was not made by kmon bundle make`, {
      hint: 'name another folder: nothing was changed in this one',
    });
  }
  return undefined;
}

/**
 * Asks for checksums, sizes and lists of images, and compares with what is there.
 *
 * @throws KmonError `precondition` for the first thing that cannot be had
 */
export async function planBundle(
  wanted: WantedBundle,
  folder: string,
  o: { readonly web: Web; readonly registries: Registries; readonly signal: AbortSignal },
): Promise<BundlePlan> {
  const bundle = await bundleThere(folder);
  const known = bundle?.parts ?? [];
  const jobs: Job[] = [];
  for (const source of wanted.sources) {
    const job = await jobOf(source, o);
    const there = await thoseThere(folder, job, known, o.signal);
    jobs.push(there === undefined ? job : { ...job, there });
  }
  const made = wanted.sources.flatMap(partsOf);
  const kept = known.filter((p) => !made.some((m) => m.name === p.name && m.architecture === p.architecture));
  return {
    folder,
    wanted,
    jobs,
    kept,
    architectures: [...new Set([...wanted.architectures, ...(bundle?.architectures ?? [])])],
  };
}

async function jobOf(
  source: Source,
  o: { readonly web: Web; readonly registries: Registries; readonly signal: AbortSignal },
): Promise<Job> {
  const parts = partsOf(source);
  if (source.kind === 'own') {
    const sum = createHash('sha256').update(await source.content());
    return { source, parts, from: [`own sha256:${sum.digest('hex')}`], pieces: [] };
  }
  if (source.kind === 'release') {
    const piece = await releasePiece(source, o.web, o.signal);
    return { source, parts, from: [`${source.url} sha256:${piece.sha256}`], pieces: [piece] };
  }
  if (source.kind === 'pulled') {
    const { digest, size } = await o.registries.file(source.at, source.mediaType);
    const sha256 = digest.slice('sha256:'.length);
    const piece = { ...o.registries.blob(source.at, digest), sha256, sizeBytes: size };
    return { source, parts, from: [`${piece.url} ${digest}`], pieces: [piece] };
  }
  const images: KnownImage[] = [];
  const pieces = new Map<string, Piece>();
  for (const { name, at } of source.images) {
    const manifest = await o.registries.manifest(at, source.processor);
    images.push({ name, tag: at.tag, manifest });
    for (const { digest, size } of [manifest.config, ...manifest.layers]) {
      const sha256 = digest.slice('sha256:'.length);
      pieces.set(sha256, { ...o.registries.blob(at, digest), sha256, sizeBytes: size });
    }
  }
  const from = images.map(({ name, manifest }) => `${name}@${manifest.digest}`);
  return { source, parts, from, images, pieces: [...pieces.values()] };
}

async function releasePiece({ url, sumUrl }: Release, web: Web, signal: AbortSignal): Promise<Piece> {
  const said = await textAt(web, sumUrl, { signal });
  const sha256 = /^\s*([0-9a-f]{64})\b/i.exec(said)?.[1]?.toLowerCase();
  if (sha256 === undefined)
    throw new KmonError('precondition', `${sumUrl} has no checksum in it`, {
      hint: 'something on the way answers in its place: use another network or mirror',
    });
  return { url, headers: {}, sha256, sizeBytes: await sizeAt(url, web, signal) };
}

/** Where a size is not told without fetching, the answer to fetching tells it: no more than that is read. */
async function sizeAt(url: string, web: Web, signal: AbortSignal): Promise<number> {
  const head = await web.ask(url, { method: 'HEAD', signal });
  head.body.destroy();
  const told = Number(head.header('content-length') ?? NaN);
  if (head.status === 200 && told > 0) return told;
  const answer = await web.ask(url, { signal });
  answer.body.destroy();
  if (answer.status !== 200) throw refused(url, answer);
  return Number(answer.header('content-length') ?? 0);
}

/** The parts of a job as they are there: made of the same, each whole. */
async function thoseThere(
  folder: string,
  { parts, from }: Job,
  known: readonly BundlePart[],
  signal: AbortSignal,
): Promise<readonly BundlePart[] | undefined> {
  const found: BundlePart[] = [];
  for (const { name, architecture, file } of parts) {
    const part = known.find((p) => p.name === name && p.architecture === architecture && p.file === file);
    if (part === undefined || part.from?.join('\n') !== from.join('\n')) return undefined;
    if ((await sizeOf(join(folder, file))) !== part.sizeBytes) return undefined;
    if ((await sha256Of(join(folder, file), signal)) !== part.sha256) return undefined;
    found.push(part);
  }
  return found;
}

/** Where a piece lies once it is whole. */
export function pieceFile(folder: string, { sha256 }: Piece): string {
  return join(folder, MAKING, sha256);
}

/** How many of its bytes still have to be fetched. */
export async function bytesToFetch(folder: string, piece: Piece): Promise<number> {
  const file = pieceFile(folder, piece);
  if ((await sizeOf(file)) !== undefined) return 0;
  return Math.max(0, piece.sizeBytes - ((await sizeOf(`${file}.part`)) ?? 0));
}

async function sizeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    (s) => (s.isFile() ? s.size : undefined),
    () => undefined,
  );
}

async function isThere(file: string): Promise<boolean> {
  return (await sizeOf(file)) !== undefined;
}
