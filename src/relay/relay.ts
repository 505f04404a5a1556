import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { answer, refuse } from './answer.js';
import { askedFor } from './asked.js';
import type { Asked } from './asked.js';
import type { Origins } from './origins.js';
import type { Parcel } from './parcel.js';
import { sharedParcels } from './parcels.js';
import type { ProxyFor } from './proxies.js';
import { openStore } from './store.js';
import type { Store } from './store.js';
import { Trouble, troubleWith } from './trouble.js';
import { upstream } from './upstream.js';

export interface RelayOptions {
  readonly origins: Origins;
  /** Where what was fetched lies. Made when it is first needed. */
  readonly folder: string;
  /** How much of it stays after a run. */
  readonly boundBytes: number;
  readonly proxyFor: ProxyFor;
  /** How long nothing may be heard of a server. */
  readonly silenceMs: number;
}

/** What has passed so far, of bodies alone. */
export interface Passed {
  /** Over this computer's own line. */
  readonly fetchedBytes: number;
  /** To the machines. */
  readonly givenBytes: number;
}

/**
 * Gives many machines what is fetched once: the same thing that several ask for at the same time is one download, of which each gets what is
 * there and then what comes. It listens nowhere: whoever has a connection from a machine hands it over.
 */
export interface Relay {
  /** A connection from a machine, over which it asks in HTTP. */
  serve(connection: Duplex): void;
  readonly passed: Passed;
  /** Ends all that is under way. Never rejects. */
  close(): Promise<void>;
}

export function openRelay(o: RelayOptions): Relay {
  const ending = new AbortController();
  const { proxyFor, silenceMs } = o;
  const passed = { fetchedBytes: 0, givenBytes: 0 };
  const fetch = upstream({ proxyFor, silenceMs, signal: ending.signal });
  let opened: Promise<Store> | undefined;
  const store = (): Promise<Store> => (opened ??= openStore(o.folder, o.boundBytes));
  const parcels = sharedParcels(store, fetch, ending.signal, (bytes) => (passed.fetchedBytes += bytes));
  const connections = new Set<Duplex>();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = askedFor(request.method ?? '', request.url ?? '', o.origins);
    if (asked === undefined) {
      refuse(response, 404, 'not through here');
      return;
    }
    let parcel: Parcel | undefined;
    try {
      parcel = await parcels.get(asked);
      await pipeline(answer(request, response, parcel), counted, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else refuseFor(asked, response, error);
    } finally {
      await parcel?.release();
    }
  };
  async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      passed.givenBytes += chunk.length;
      yield chunk;
    }
  }
  const server = createServer((request, response) => {
    void handle(request, response);
  });
  // A machine that says something else than HTTP is no matter of anybody's.
  server.on('clientError', (_, socket) => socket.destroy());

  return {
    passed,
    serve(connection) {
      connections.add(connection);
      connection.on('error', () => undefined);
      connection.once('close', () => connections.delete(connection));
      if (ending.signal.aborted) connection.destroy();
      else server.emit('connection', connection);
    },
    async close() {
      ending.abort(new Trouble('kmon has ended'));
      for (const connection of connections) connection.destroy();
      await parcels.settled();
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

/**
 * containerd asks the registry itself after a 404, and tells that one's reason when that fails too; any other answer would be told in its
 * place. apt tells the status line.
 */
function refuseFor({ from, url }: Asked, response: ServerResponse, error: unknown): void {
  const { message, status = 502 } = troubleWith(new URL(url).hostname, error);
  refuse(response, from === 'registry' ? 404 : status, message);
}
