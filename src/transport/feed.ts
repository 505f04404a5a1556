import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { KmonError } from '../errors/kmon-error.js';
import type { Stdin } from '../shell/command.js';
import { Secret } from '../shell/secret.js';

/** Small enough for smooth progress, large enough to keep a fast network busy. */
const SLICE_BYTES = 256 * 1024;

type Source = Buffer | FileHandle;

/** Bytes on their way to a command's stdin; files are open already, so that a missing one is known before the command starts. */
export interface Feed {
  /**
   * Writes everything in order, never faster than the other side reads, and ends the stream. Returns early, without an error, when
   * `gone` settles or the other side stops reading: then the command's exit code tells what happened.
   */
  into(stdin: Writable, gone: Promise<unknown>, onSent?: (bytes: number) => void): Promise<void>;
  close(): Promise<void>;
}

/** @throws KmonError `precondition` when a file cannot be opened. */
export async function openFeed(stdin: Stdin | readonly Stdin[] | undefined): Promise<Feed> {
  const sources: Source[] = [];
  const close = async (): Promise<void> => {
    for (const source of sources) if (!Buffer.isBuffer(source)) await source.close().catch(() => undefined);
  };
  try {
    for (const part of partsOf(stdin)) sources.push(await openSource(part));
  } catch (error) {
    await close();
    throw error;
  }
  return { into: (to, gone, onSent) => pump(sources, to, gone, onSent), close };
}

function partsOf(stdin: Stdin | readonly Stdin[] | undefined): readonly Stdin[] {
  if (stdin === undefined) return [];
  return isList(stdin) ? stdin : [stdin];
}

function isList(stdin: Stdin | readonly Stdin[]): stdin is readonly Stdin[] {
  return Array.isArray(stdin);
}

async function openSource(part: Stdin): Promise<Source> {
  if (typeof part === 'string') return Buffer.from(part);
  if (Buffer.isBuffer(part)) return part;
  if (part instanceof Secret) return Buffer.from(part.reveal());
  return open(part.file).catch((cause: unknown) => {
    throw new KmonError('precondition', `cannot read ${part.file} on this computer`, {
      hint: 'check that the file exists and that you may read it',
      cause,
    });
  });
}

async function pump(
  sources: readonly Source[],
  to: Writable,
  gone: Promise<unknown>,
  onSent?: (bytes: number) => void,
): Promise<void> {
  const over = new AbortController();
  const stop = (): void => {
    over.abort();
  };
  let sent = 0;
  const ended = gone.then(stop, stop);
  // EPIPE and "write after end": a command that does not read its stdin to the end is no failure.
  to.on('error', stop);
  for (const source of sources) {
    for await (const slice of slices(source)) {
      if (over.signal.aborted || !to.writable) return;
      // ssh2 never calls back for a write to a channel that is closing, hence the race.
      if (!to.write(slice)) await Promise.race([drained(to), ended]);
      sent += slice.length;
      onSent?.(sent);
    }
  }
  if (to.writable) to.end();
}

async function* slices(source: Source): AsyncGenerator<Buffer> {
  if (Buffer.isBuffer(source)) {
    for (let at = 0; at < source.length; at += SLICE_BYTES) yield source.subarray(at, at + SLICE_BYTES);
    return;
  }
  for (;;) {
    const { bytesRead, buffer } = await source.read(Buffer.allocUnsafe(SLICE_BYTES), 0, SLICE_BYTES, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

function drained(to: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) to.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) to.on(event, done);
  });
}
