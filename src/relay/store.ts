import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../here/is-alive.js';
import type { Asked } from './asked.js';
import { Parcel } from './parcel.js';
import type { Label } from './parcel.js';
import { thisPlatform } from '../here/platform/this-platform.js';

/** A file under way into the store. */
export interface Draft {
  readonly file: FileHandle;
  /** It is whole: it takes its place, where it stays for as long as `keep` says. */
  keep(label: Label): Promise<void>;
  discard(): Promise<void>;
}

/**
 * What was fetched, as files of a folder: what never changes stays there for the next run, all else goes with `close`. Files take their place
 * whole or not at all, so that several runs may have the same folder, and what was killed leaves nothing that is taken for whole.
 */
export interface Store {
  /** `undefined`: it is not there. */
  find(asked: Asked): Promise<Parcel | undefined>;
  begin(asked: Asked): Promise<Draft>;
  /** Removes what is of this run alone, and of the rest what was not used for longest, until that is no more than the bound. Never rejects. */
  close(): Promise<void>;
}

const RUN = 'run-';
/** Of a run that was killed, where that cannot be seen: none lasts so long. */
const ABANDONED_MS = 24 * 3_600_000;

/** @param boundBytes How much of it may stay. */
export async function openStore(folder: string, boundBytes: number): Promise<Store> {
  const kept = join(folder, 'kept');
  const run = join(folder, `${RUN}${process.pid}-${randomBytes(6).toString('hex')}`);
  await Promise.all([kept, run].map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
  await removeAbandoned(folder);
  const placeOf = ({ keep, name }: Asked): string => join(keep === 'always' ? kept : run, name);
  return {
    async find(asked) {
      const path = placeOf(asked);
      const label = labelIn(await readFile(`${path}.json`, 'utf8').catch(() => ''));
      const file = label === undefined ? undefined : await open(path, 'r').catch(() => undefined);
      if (label === undefined || file === undefined) return undefined;
      const { size } = await file.stat();
      if (size !== label.sizeBytes) {
        await file.close();
        return undefined;
      }
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return Parcel.complete(label, file);
    },
    async begin(asked) {
      const draft = join(run, `draft-${randomBytes(8).toString('hex')}`);
      const file = await open(draft, 'wx+', 0o600);
      return {
        file,
        async keep(label) {
          const path = placeOf(asked);
          await writeFile(`${draft}.json`, JSON.stringify(label), { mode: 0o600 });
          await thisPlatform.replace(`${draft}.json`, `${path}.json`);
          await thisPlatform.replace(draft, path);
        },
        discard: () => rm(draft, { force: true }),
      };
    },
    async close() {
      await rm(run, { recursive: true, force: true }).catch(() => undefined);
      await shrink(kept, boundBytes).catch(() => undefined);
    },
  };
}

function labelIn(text: string): (Label & { readonly sizeBytes: number }) | undefined {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof said !== 'object' || said === null) return undefined;
  const { type, lastModified, sizeBytes } = said as Readonly<Record<string, unknown>>;
  if (typeof sizeBytes !== 'number') return undefined;
  return {
    sizeBytes,
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof lastModified === 'string' ? { lastModified } : {}),
  };
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(RUN)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    const isKilled = !isAlive(Number(name.slice(RUN.length).split('-')[0]));
    if (isKilled || Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}

async function shrink(folder: string, boundBytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => !name.endsWith('.json'));
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), ...sizeAndUse(await stat(join(folder, name))) })),
  );
  let left = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const { path, sizeBytes } of files.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (left <= boundBytes) return;
    await rm(path, { force: true });
    await rm(`${path}.json`, { force: true });
    left -= sizeBytes;
  }
}

function sizeAndUse({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }) {
  return { sizeBytes: size, usedMs: mtimeMs };
}
