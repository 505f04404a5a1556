import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { KmonError } from '../errors/kmon-error.js';
import { transfers } from './transfer.js';
import type { OfferedFile, Transfers } from './transfer.js';

/** What is served: to a stranger the page and the script that it names, and nothing else. */
export interface DoorContent {
  /** By path; a text may depend on what the browser says that it is (User-Agent). */
  readonly pages: ReadonlyMap<
    string,
    { readonly type: string; readonly text: string | ((agent: string) => string) }
  >;
  /** What is shown at `/`, by what the browser says of its languages. */
  readonly front: (languages: string) => string;
  /** Takes what was posted to a path, and answers. */
  readonly posts: ReadonlyMap<string, (text: string, source: string) => string>;
  /** What somebody with a word may fetch, by the path with what stands behind its `?`; `undefined`: nothing is there, whoever asks. */
  readonly offered?: (path: string, source: string) => OfferedFile | undefined;
  /** The hash of the pages' own style, which is all that a browser may take. */
  readonly styleHash: string;
}

export interface Door {
  readonly port: number;
  /** Resolves when the port is free again; who is connected is cut off. */
  close(): Promise<void>;
}

/** A registration has some four kilobytes, with an RSA key of the largest size. */
export const LARGEST_BODY = 8 * 1024;
/** Two laptops of every seat of a large class, and a telephone each. */
const MOST_CONNECTIONS = 200;
/** A browser opens six. */
const MOST_OF_ONE_SOURCE = 12;
/** Whoever takes longer to ask is no laptop in the same room. */
const ASK_MS = 8000;
const IDLE_MS = 5000;

/**
 * The page, on one address of this computer and for the time of the enrolment. Bounded in everything that a stranger could make large: connections,
 * those of one address, the time for a request, headers, bodies.
 *
 * @param askMs how long a request may take to come
 * @throws KmonError `precondition` where the port is taken, or the address is none of this computer
 */
export async function openDoor(
  address: string,
  port: number,
  content: DoorContent,
  askMs = ASK_MS,
): Promise<Door> {
  const sending = transfers();
  const server = createServer(
    {
      maxHeaderSize: 8 * 1024,
      requestTimeout: askMs,
      headersTimeout: askMs,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => {
      handle(request, response, content, sending).catch(() => {
        response.destroy();
      });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.maxRequestsPerSocket = 100;
  boundEachSource(server);
  await listen(server, address, port);
  const at = server.address();
  return {
    port: typeof at === 'object' && at !== null ? at.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  content: DoorContent,
  sending: Transfers,
): Promise<void> {
  const { method = '', url = '' } = request;
  const path = url.split('?')[0] ?? '';
  const post = content.posts.get(path);
  if (post !== undefined && method === 'POST') {
    const text = await bodyOf(request);
    if (text === undefined) {
      send(response, content, 413, 'text/plain', 'too much\n', { connection: 'close' });
      request.resume();
      return;
    }
    send(response, content, 200, 'text/plain', post(text, sourceOf(request.socket)));
    return;
  }
  const isGet = method === 'GET' || method === 'HEAD';
  const source = sourceOf(request.socket);
  const offered = isGet ? content.offered?.(url, source) : undefined;
  if (offered !== undefined) {
    await sending.send(request, response, offered, source, headersOf(content));
    return;
  }
  const page = content.pages.get(
    path === '/' ? content.front(request.headers['accept-language'] ?? '') : path,
  );
  // A body that nobody asked for is not read.
  const end = { connection: 'close' };
  if (!isGet) {
    send(response, content, page === undefined && post === undefined ? 404 : 405, 'text/plain', 'no\n', end);
  } else if (page === undefined) send(response, content, 404, 'text/plain', 'nothing here\n', end);
  else {
    const { type, text } = page;
    const agent = request.headers['user-agent'] ?? '';
    send(response, content, 200, type, typeof text === 'string' ? text : text(agent));
  }
}

function send(
  response: ServerResponse,
  content: DoorContent,
  status: number,
  type: string,
  text: string,
  more: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(text);
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': body.length,
    ...headersOf(content),
    ...more,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** What every answer tells a browser. */
function headersOf({ styleHash }: DoorContent): Readonly<Record<string, string>> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/** `undefined` where it is too large: the rest is not kept. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) return undefined;
    size += chunk.length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function boundEachSource(server: Server): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const source = sourceOf(socket);
    const count = (open.get(source) ?? 0) + 1;
    if (count > MOST_OF_ONE_SOURCE) {
      socket.destroy();
      return;
    }
    open.set(source, count);
    socket.once('close', () => {
      const left = (open.get(source) ?? 1) - 1;
      if (left > 0) open.set(source, left);
      else open.delete(source);
    });
  });
}

function sourceOf(socket: Socket): string {
  return socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
}

async function listen(server: Server, address: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new KmonError(
          'precondition',
          `the page cannot be served on port ${port} of ${address}: ${wordsFor(error)}`,
          {
            hint:
              error.code === 'EADDRNOTAVAIL'
                ? 'give an address of this computer with --address'
                : 'choose another port with --port',
            cause: error,
          },
        ),
      );
    });
    server.listen({ host: address, port }, resolve);
  });
}

function wordsFor({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'the port is taken';
  if (code === 'EACCES') return 'only root may have it';
  return code === 'EADDRNOTAVAIL' ? 'that is no address of this computer' : message;
}
