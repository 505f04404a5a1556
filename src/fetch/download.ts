import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { KmonError } from '../errors/kmon-error.js';
import { notFetched, refused } from './failures.js';
import type { Web } from './web.js';
import { thisPlatform } from '../here/platform/this-platform.js';

export interface Wanted {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In hexadecimal. */
  readonly sha256: string;
  /** Where it goes. Until it is whole and right it lies in a file of the same name with `.part` behind it. */
  readonly file: string;
}

/** How often in a row a connection may break before anything came. */
const IDLE_DIALS = 4;
/** The first wait before it is dialled again; each further one is longer by it. */
const WAIT_MS = 300;

/**
 * Brings a file here: it takes its place only when its checksum is right. What a former try left is gone on from, where the server gives parts
 * of files; otherwise it begins anew. What is left when this fails is gone on from the next time.
 *
 * @param told hears of bytes as they arrive, and once, negative, of those that have to be fetched again
 * @throws KmonError `precondition` when it cannot be had or is not what it should be, `interrupted` when `signal` is aborted
 */
export async function download(
  web: Web,
  wanted: Wanted,
  signal: AbortSignal,
  told: (bytes: number) => void,
): Promise<void> {
  const part = `${wanted.file}.part`;
  for (let idle = 0; ;) {
    const before = await sizeOf(part);
    try {
      await goOn(web, wanted, part, signal, told);
      break;
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      idle = (await sizeOf(part)) > before ? 0 : idle + 1;
      if (idle >= IDLE_DIALS) throw notFetched(wanted.url, error.cause, signal);
      await sleep(WAIT_MS * (idle + 1), undefined, { signal }).catch(() => undefined);
    }
  }
  const size = await sizeOf(part);
  if ((await sha256Of(part, signal)) !== wanted.sha256) {
    await rm(part, { force: true });
    told(-size);
    const { host, pathname } = new URL(wanted.url);
    throw new KmonError(
      'precondition',
      `what ${host} gives as ${pathname} has another checksum than its publisher says`,
      {
        hint: 'run this again; when it stays so, something on the way changes it: use another network or mirror',
      },
    );
  }
  await thisPlatform.replace(part, wanted.file);
}

/** The connection ended in the middle. */
class Broken extends Error {}

async function goOn(
  web: Web,
  { url, headers = {} }: Wanted,
  part: string,
  signal: AbortSignal,
  told: (bytes: number) => void,
): Promise<void> {
  const there = await sizeOf(part);
  const range = there === 0 ? {} : { range: `bytes=${there}-` };
  const answer = await web.ask(url, { headers: { ...headers, ...range }, signal });
  // All of it was there already.
  if (answer.status === 416 && there > 0) {
    answer.body.destroy();
    return;
  }
  if (answer.status !== 200 && answer.status !== 206) throw refused(url, answer);
  const goesOn =
    answer.status === 206 && (answer.header('content-range') ?? '').startsWith(`bytes ${there}-`);
  if (answer.status === 206 && !goesOn) throw refused(url, answer);
  if (!goesOn && there > 0) told(-there);
  const handle = await open(part, goesOn ? 'a' : 'w');
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      await write(handle, chunk, url);
      told(chunk.length);
    }
  } catch (error) {
    if (error instanceof KmonError) throw error;
    throw signal.aborted ? notFetched(url, error, signal) : new Broken('broke', { cause: error });
  } finally {
    await handle.close();
  }
}

async function write(handle: FileHandle, chunk: Buffer, url: string): Promise<void> {
  try {
    await handle.writeFile(chunk);
  } catch (error) {
    throw notFetched(url, error, AbortSignal.any([]));
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    (s) => s.size,
    () => 0,
  );
}

/** @throws KmonError `interrupted` */
export async function sha256Of(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    if (signal.aborted) throw new KmonError('interrupted', 'stopped by Ctrl-C');
    hash.update(chunk);
  }
  return hash.digest('hex');
}
