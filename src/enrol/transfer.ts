import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What a laptop with a word may fetch. */
export interface OfferedFile {
  /** The last part of its path on the page. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** A path of this computer, or all of it. */
  readonly from: string | Buffer;
}

/** One for each word that an enrolment may have of a team; the disk and the network are shared by them, memory is not. */
export const MOST_TRANSFERS = 60;
/** One laptop fetches one thing after the other; a connection that was cut is noticed late. */
const MOST_OF_ONE_SOURCE = 3;
/** A laptop that takes nothing for so long has gone. */
const STILL_MS = 30_000;
const CHUNK = 256 * 1024;

/** Sends files a piece at a time, from the disk: the memory that it takes does not depend on how large they are. */
export interface Transfers {
  /** Answers all by itself: 200, 206 with a range, 416 for one that is none, 503 where too many are under way. */
  send(
    request: IncomingMessage,
    response: ServerResponse,
    file: OfferedFile,
    source: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<void>;
}

export function transfers(most = MOST_TRANSFERS, stillMs = STILL_MS): Transfers {
  const running = new Map<object, string>();
  return {
    send: async (request, response, file, source, headers) => {
      const ofSource = [...running.values()].filter((other) => other === source).length;
      if (running.size >= most || ofSource >= MOST_OF_ONE_SOURCE) {
        response.writeHead(503, { ...headers, 'retry-after': '5', 'content-length': 0 });
        response.end();
        return;
      }
      const range = rangeOf(request.headers.range, file.bytes);
      if (range === undefined) {
        response.writeHead(416, {
          ...headers,
          'content-range': `bytes */${file.bytes}`,
          'content-length': 0,
        });
        response.end();
        return;
      }
      const { start, end } = range;
      const isPart = request.headers.range !== undefined;
      response.writeHead(isPart ? 206 : 200, {
        ...headers,
        'content-type': 'application/octet-stream',
        'accept-ranges': 'bytes',
        'content-length': end - start + 1,
        ...(isPart ? { 'content-range': `bytes ${start}-${end}/${file.bytes}` } : {}),
      });
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      running.set(response, source);
      response.setTimeout(stillMs, () => {
        response.destroy();
      });
      try {
        const from =
          typeof file.from === 'string'
            ? createReadStream(file.from, { start, end, highWaterMark: CHUNK })
            : Readable.from([file.from.subarray(start, end + 1)]);
        await pipeline(from, response);
      } finally {
        running.delete(response);
      }
    },
  };
}

interface ByteRange {
  readonly start: number;
  /** The last byte of it. */
  readonly end: number;
}

/** One range, as programs ask that go on with what was cut; `undefined` for one that is not in the file, or several. */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | undefined {
  if (header === undefined) return { start: 0, end: bytes - 1 };
  const [, from, to = ''] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header) ?? [];
  if (from === undefined) return undefined;
  const start = Number(from);
  const end = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  return start < bytes && start <= end ? { start, end } : undefined;
}
