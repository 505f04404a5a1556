import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { KmonError } from '../../errors/kmon-error.js';
import { download, sha256Of } from '../../fetch/download.js';
import type { Web } from '../../fetch/web.js';
import type { Bundle, BundlePart } from '../bundle.js';
import { forgetMaking, MAKING, MAKING_LIST } from '../making.js';
import { LIST } from '../read.js';
import type { PartName } from '../wanted.js';
import { writeList } from '../write-list.js';
import { writeOciArchive } from './oci-archive.js';
import { bytesToFetch, pieceFile } from './plan.js';
import type { BundlePlan, Job, Piece } from './plan.js';
import { unpack } from './unpack.js';
import { makeFolder } from '../../here/make-folder.js';
import { thisPlatform } from '../../here/platform/this-platform.js';

/** How far it is. */
export interface Progress {
  readonly doneBytes: number;
  readonly allBytes: number;
  /** What was begun last: the name of a part. */
  readonly what: string;
}

/** What goes on at a time: a far server seldom fills a line with one connection. */
const ABREAST = 3;

/**
 * Carries a plan out. A part takes its place when it is whole, and the list comes last, so that a folder with a list is a bundle. What was
 * fetched when this fails or is interrupted is not fetched again the next time; after a success nothing of the making is left.
 *
 * @throws KmonError of the first thing that failed
 */
export async function fillBundle(
  plan: BundlePlan,
  o: { readonly web: Web; readonly signal: AbortSignal; readonly told: (progress: Progress) => void },
): Promise<Bundle> {
  const { folder, jobs, kept } = plan;
  const todo = jobs.filter((job) => job.there === undefined);
  const ready: BundlePart[] = [...kept, ...jobs.flatMap((job) => job.there ?? [])];
  const bundle = (): Bundle => ({
    folder,
    name: `kubernetes-${plan.wanted.kubernetes}`,
    kubernetes: plan.wanted.kubernetes,
    architectures: plan.architectures,
    parts: inOrder(ready, plan),
  });
  if (todo.length === 0 && !(await isChanged(plan))) {
    await forgetMaking(folder);
    return bundle();
  }
  await makeFolder(join(folder, MAKING));
  if (todo.length > 0) {
    // What is made may take the place of what the list that is there tells of.
    if (ready.length > 0) await writeList(bundle(), MAKING_LIST);
    await rm(join(folder, LIST), { force: true });
    await carryOut(plan, todo, o, async (parts) => {
      ready.push(...parts);
      await writeList(bundle(), MAKING_LIST);
    });
  }
  await writeList(bundle(), LIST);
  await forgetMaking(folder);
  return bundle();
}

/** There is no finished list. */
async function isChanged({ folder }: BundlePlan): Promise<boolean> {
  return stat(join(folder, LIST)).then(
    () => false,
    () => true,
  );
}

/** As the plan names them, so that a list does not depend on what was ready first. */
function inOrder(parts: readonly BundlePart[], { jobs }: BundlePlan): readonly BundlePart[] {
  const names = jobs.flatMap((job) => job.parts.map(keyOf));
  const rank = (part: BundlePart): number => {
    const place = names.indexOf(keyOf(part));
    return place === -1 ? names.length : place;
  };
  return parts.toSorted((a, b) => rank(a) - rank(b));
}

function keyOf({ name, architecture = '' }: PartName): string {
  return `${architecture} ${name}`;
}

async function carryOut(
  { folder }: BundlePlan,
  todo: readonly Job[],
  { web, signal, told }: Parameters<typeof fillBundle>[1],
  isReady: (parts: readonly BundlePart[]) => Promise<void>,
): Promise<void> {
  const pieces = new Map(todo.flatMap((job) => job.pieces.map((p) => [p.sha256, p] as const)));
  let allBytes = 0;
  for (const piece of pieces.values()) allBytes += await bytesToFetch(folder, piece);
  let doneBytes = 0;
  let what = '';
  const tell = (): void => {
    told({ doneBytes, allBytes, what });
  };

  // What fails ends what goes on beside it, and is what is told.
  const own = new AbortController();
  const both = AbortSignal.any([signal, own.signal]);
  const failed: Error[] = [];
  const fail = (error: unknown): void => {
    if (own.signal.aborted) return;
    failed.push(error instanceof Error ? error : new Error(String(error)));
    own.abort();
  };

  const underWay = new Map<string, Promise<void>>();
  /** Two archives may have a piece in common. */
  const fetched = (piece: Piece): Promise<void> => {
    const known = underWay.get(piece.sha256) ?? fetchPiece(piece);
    underWay.set(piece.sha256, known);
    return known;
  };
  const fetchPiece = async (piece: Piece): Promise<void> => {
    const file = pieceFile(folder, piece);
    if ((await bytesToFetch(folder, piece)) === 0 && (await isWhole(file, piece, both))) return;
    await download(web, { ...piece, file }, both, (bytes) => {
      doneBytes += bytes;
      tell();
    });
  };

  const queue = [...todo];
  let noted = Promise.resolve();
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      if (both.aborted) return;
      what = job.parts.map((p) => p.name).join(', ');
      tell();
      try {
        for (const piece of job.pieces) await fetched(piece);
        const parts = await made(folder, job, both);
        noted = noted.then(() => isReady(parts));
        await noted;
      } catch (error) {
        fail(error);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, work));
  if (signal.aborted)
    throw new KmonError('interrupted', 'stopped by Ctrl-C; what was fetched is kept', {
      hint: 'run the same again: it goes on where it was',
    });
  const [first] = failed;
  if (first !== undefined) throw first;
}

/** A piece that a former try left is only taken when it is what it should be. */
async function isWhole(file: string, { sha256 }: Piece, signal: AbortSignal): Promise<boolean> {
  const there = await stat(file).then(
    () => true,
    () => false,
  );
  if (!there) return false;
  if ((await sha256Of(file, signal)) === sha256) return true;
  await rm(file, { force: true });
  return false;
}

/** Makes the parts of a job out of its pieces, each in its place when it is whole. */
async function made(folder: string, job: Job, signal: AbortSignal): Promise<readonly BundlePart[]> {
  const fresh = (part: PartName): string =>
    join(folder, MAKING, `${part.architecture ?? 'all'}-${basename(part.file)}.new`);
  try {
    await writeParts(folder, job, fresh, signal);
    const parts: BundlePart[] = [];
    for (const part of job.parts) {
      const { file, unpacked } = await packedAsWanted(part, fresh(part), signal);
      const { size: sizeBytes } = await stat(file);
      const sha256 = await sha256Of(file, signal);
      const target = join(folder, part.file);
      await makeFolder(dirname(target));
      await chmod(file, part.kind === 'binary' && unpacked === undefined ? 0o755 : 0o644);
      await thisPlatform.replace(file, target);
      const { name, kind, version, file: path, architecture } = part;
      const images = 'images' in job ? job.images.map((i) => i.name) : [];
      parts.push({
        ...{ name, kind, version, file: path, sha256, sizeBytes, for: part.for, images, from: job.from },
        ...(architecture === undefined ? {} : { architecture }),
        ...(unpacked === undefined ? {} : { unpacked }),
      });
    }
    return parts;
  } catch (error) {
    if (signal.aborted) throw new KmonError('interrupted', 'stopped by Ctrl-C');
    throw noSpace(error, folder) ?? error;
  }
}

/** The file of a part as it lies in the bundle, and what it is unpacked. */
async function packedAsWanted(
  { packed }: PartName,
  file: string,
  signal: AbortSignal,
): Promise<{ readonly file: string; readonly unpacked?: NonNullable<BundlePart['unpacked']> }> {
  if (packed === undefined) return { file };
  const { size: sizeBytes } = await stat(file);
  const unpacked = { sha256: await sha256Of(file, signal), sizeBytes };
  const gzipped = `${file}.gz`;
  await pipeline(createReadStream(file), createGzip({ level: 9 }), createWriteStream(gzipped), { signal });
  await rm(file);
  return { file: gzipped, unpacked };
}

async function writeParts(
  folder: string,
  job: Job,
  fresh: (part: PartName) => string,
  signal: AbortSignal,
): Promise<void> {
  const { source } = job;
  if (source.kind === 'own') {
    await writeFile(fresh(source.part), await source.content());
    return;
  }
  if ('images' in job && source.kind === 'images') {
    const blob = (digest: string): string => join(folder, MAKING, digest.slice('sha256:'.length));
    await writeOciArchive(job.images, blob, fresh(source.part), signal);
    return;
  }
  const [piece] = job.pieces;
  if (piece === undefined) return;
  const archive = pieceFile(folder, piece);
  if (source.kind === 'pulled') await thisPlatform.replace(archive, fresh(source.part));
  if (source.kind !== 'release') return;
  const members = new Map<string, string>();
  for (const part of source.parts) {
    if (part.member === undefined) await thisPlatform.replace(archive, fresh(part));
    else members.set(part.member, fresh(part));
  }
  if (members.size > 0) await unpack(archive, members, piece.url);
  // Whatever else is fetched has a use for its room.
  await rm(archive, { force: true });
}

function noSpace(error: unknown, folder: string): KmonError | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) return undefined;
  return new KmonError('precondition', `there is no space left in ${folder}`, {
    hint: 'make room, then run this again: it goes on where it was',
    cause: error,
  });
}
