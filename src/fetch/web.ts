import { Readable } from 'node:stream';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { notFetched, refused } from './failures.js';

/** What came of a request: its body is read once, or dropped. */
export interface Answer {
  readonly status: number;
  /** Where it came from in the end. */
  readonly url: string;
  header(name: string): string | undefined;
  /** As it was sent: nothing is unpacked. */
  readonly body: Readable;
}

export interface Request {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The web as this computer reaches it: by its proxy, with the authorities that it trusts. */
export interface Web {
  /**
   * Follows where it is sent on to; a login is not taken along to another host.
   *
   * @throws KmonError `precondition` when there is no answer, `interrupted` when `signal` is aborted. Any status is an answer.
   */
  ask(url: string, request: Request): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * @param env HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case, as other programs read them. The authorities beside Node's own are those of
 * NODE_EXTRA_CA_CERTS, which Node reads when it starts.
 * @param silenceMs how long a connection may say nothing
 */
export function openWeb(env: NodeJS.ProcessEnv, silenceMs = 60_000): Web {
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: env['http_proxy'] ?? env['HTTP_PROXY'] ?? '',
    httpsProxy: env['https_proxy'] ?? env['HTTPS_PROXY'] ?? '',
    noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '',
    bodyTimeout: silenceMs,
    connect: { timeout: 20_000 },
  });
  return {
    ask: async (url, { method = 'GET', headers = {}, signal }) => {
      // A proxy that hangs up is dialled again and again by the library: it has no end of its own.
      const slow = new AbortController();
      const timer = setTimeout(() => {
        slow.abort(new Error(`nothing came within ${silenceMs / 1000} seconds`));
      }, silenceMs);
      try {
        const answer = await fetch(url, {
          method,
          signal: AbortSignal.any([signal, slow.signal]),
          dispatcher,
          // Files are checked as they are published, packed or not.
          headers: { 'user-agent': 'kmon', 'accept-encoding': 'identity', ...headers },
        });
        const body = answer.body === null ? Readable.from([]) : Readable.fromWeb(answer.body);
        // It may break before anybody reads it; who reads it is told all the same.
        body.on('error', () => undefined);
        return {
          status: answer.status,
          url: answer.url,
          header: (name) => answer.headers.get(name) ?? undefined,
          body,
        };
      } catch (error) {
        throw notFetched(url, error, signal);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** Far more than any list, checksum or manifest has. */
const LARGEST_TEXT = 8_000_000;

/**
 * A small thing as text.
 *
 * @throws KmonError `precondition` for any status but 200, and for what is too large to be that.
 */
export async function textAt(web: Web, url: string, request: Request): Promise<string> {
  const answer = await web.ask(url, request);
  if (answer.status !== 200) throw refused(url, answer);
  return (await bytesOf(answer, url, request.signal)).toString('utf8');
}

/** The whole body of an answer that is small. */
export async function bytesOf(answer: Answer, url: string, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LARGEST_TEXT) throw new Error('it is larger than it can be');
      chunks.push(chunk);
    }
  } catch (error) {
    throw notFetched(url, error, signal);
  }
  return Buffer.concat(chunks);
}
