import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { KmonError } from '../errors/kmon-error.js';
import type { Secret } from '../shell/secret.js';

export interface HttpQuestion {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  /** Value of the header `authorization`. */
  readonly login?: Secret;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** What the other end's clock said, in milliseconds since the epoch, to a second. */
  readonly date?: number;
}

/** More than this is no answer of an API. */
const MOST_BYTES = 1 << 20;

/**
 * One request over a connection that is there already, such as one through SSH; the connection is over afterwards. The login stands in a header
 * and nowhere else.
 *
 * @throws KmonError `connection-lost` with whatever went wrong on the way, `timeout` when nothing is heard for so long.
 */
export async function askOver(stream: Duplex, asked: HttpQuestion, silenceMs: number): Promise<HttpAnswer> {
  try {
    return await answerOver(stream, asked, silenceMs);
  } catch (error) {
    if (error instanceof KmonError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new KmonError('connection-lost', `no answer over HTTP: ${said}`, { cause: error });
  } finally {
    stream.destroy();
  }
}

function answerOver(stream: Duplex, asked: HttpQuestion, silenceMs: number): Promise<HttpAnswer> {
  const { method, path, body, login } = asked;
  return new Promise((resolve, reject) => {
    const asking = request({
      createConnection: () => stream,
      host: 'localhost',
      method,
      path,
      headers: {
        accept: 'application/json',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...(login === undefined ? {} : { authorization: login.reveal() }),
      },
    });
    const silent = setTimeout(() => {
      asking.destroy(new KmonError('timeout', `no answer over HTTP for ${silenceMs / 1000} s`));
    }, silenceMs);
    const end = (settle: () => void): void => {
      clearTimeout(silent);
      settle();
    };
    asking.on('error', (error) => {
      end(() => {
        reject(error);
      });
    });
    asking.on('response', (response) => {
      whole(response).then(
        (text) => {
          end(() => {
            resolve({ status: response.statusCode ?? 0, body: text, ...dateOf(response) });
          });
        },
        (error: unknown) => {
          end(() => {
            reject(error instanceof Error ? error : new Error(String(error)));
          });
        },
      );
    });
    asking.end(body);
  });
}

async function whole(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const piece = Buffer.from(chunk as Uint8Array);
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new Error('the answer is too long');
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function dateOf({ headers }: IncomingMessage): { readonly date?: number } {
  const date = Date.parse(headers.date ?? '');
  return Number.isNaN(date) ? {} : { date };
}
