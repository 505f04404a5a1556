import type { Readable, Writable } from 'node:stream';
import { KmonError } from '../errors/kmon-error.js';
import { openFeed } from './feed.js';
import type { Feed } from './feed.js';
import { onAbort } from './on-abort.js';
import type { ExecOptions, ExecResult } from './transport.js';

const DEFAULT_MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** How a program came to its end. */
export type Ended =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  /** No exit status: nobody knows how far it came. */
  | { readonly kind: 'lost'; readonly error: KmonError };

/** A program that has been started, over SSH or here. */
export interface Running {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the program has ended and both outputs were read to their end; never rejects. */
  readonly ended: Promise<Ended>;
  /** Gives the program up; it may go on where it is. */
  abandon(): void;
}

/**
 * Sees one command through: feeds it, keeps its output, and gives up at its deadline, when aborted or when it says too much. This is
 * the part of the Transport contract that does not depend on the kind of connection.
 *
 * `start` is part of the time limit: a channel that never opens is a timeout as well. `start` must not begin once its signal is aborted.
 */
export async function attend(
  machine: string,
  start: (givenUp: AbortSignal) => Promise<Running>,
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { signal, timeoutMs } = options;
  const feed = await openFeed(options.stdin).catch((error: unknown) => {
    throw error instanceof KmonError ? error.at({ machine }) : error;
  });
  // Aborted with the reason, which is what the caller gets to see.
  const givenUp = new AbortController();
  const stopListening = onAbort(signal, () => {
    givenUp.abort(new KmonError('interrupted', 'stopped before the command ended', { machine }));
  });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          givenUp.abort(
            new KmonError('timeout', `the command did not end within ${timeoutMs / 1000} s`, { machine }),
          );
        }, timeoutMs);
  try {
    return await Promise.race([
      new Promise<never>((_resolve, reject) => {
        onAbort(givenUp.signal, () => {
          reject(givenUp.signal.reason as KmonError);
        });
      }),
      follow(machine, start, feed, options, givenUp),
    ]);
  } finally {
    clearTimeout(timer);
    stopListening();
    await feed.close();
  }
}

async function follow(
  machine: string,
  start: (givenUp: AbortSignal) => Promise<Running>,
  feed: Feed,
  options: ExecOptions,
  givenUp: AbortController,
): Promise<ExecResult> {
  const began = performance.now();
  givenUp.signal.throwIfAborted();
  const running = await start(givenUp.signal);
  onAbort(givenUp.signal, () => {
    running.abandon();
  });
  const output = keep(running, options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES, (limit) => {
    givenUp.abort(
      new KmonError('command', `the command printed more than ${limit} bytes`, {
        machine,
        hint: 'look on the machine why the output is that long',
      }),
    );
  });
  const fed = feed.into(running.stdin, running.ended, options.onSent).catch((cause: unknown) => {
    givenUp.abort(
      new KmonError('precondition', 'a file of this computer could not be read to its end', {
        machine,
        cause,
      }),
    );
  });
  const ended = await running.ended;
  await fed;
  switch (ended.kind) {
    case 'exited':
      return { exitCode: ended.code, ...output(), durationMs: Math.round(performance.now() - began) };
    case 'killed':
      throw killed(machine, ended.signal);
    case 'lost':
      throw ended.error.at({ machine });
  }
}

function killed(machine: string, signal: string): KmonError {
  return new KmonError('command', `the command was killed there by ${signal}`, {
    machine,
    ...(signal === 'SIGKILL'
      ? { hint: 'look whether the machine ran out of memory (sudo dmesg | grep -i oom)' }
      : {}),
  });
}

/** Bytes are joined before they are decoded: a character may be split between two chunks. */
function keep(
  running: Running,
  limit: number,
  onTooLong: (limit: number) => void,
): () => { readonly stdout: string; readonly stderr: string } {
  let size = 0;
  const collect = (stream: Readable): Buffer[] => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => {
      if (size > limit) return;
      size += chunk.length;
      if (size > limit) onTooLong(limit);
      else chunks.push(chunk);
    });
    return chunks;
  };
  const stdout = collect(running.stdout);
  const stderr = collect(running.stderr);
  return () => ({
    stdout: Buffer.concat(stdout).toString('utf8'),
    stderr: Buffer.concat(stderr).toString('utf8'),
  });
}
