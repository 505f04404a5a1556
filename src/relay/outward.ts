import { request as requestByHttp } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as requestByHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { proxyHeaders } from './proxies.js';
import type { ProxyFor } from './proxies.js';
import { Trouble, troubleWith } from './trouble.js';

export interface Outward {
  readonly proxyFor: ProxyFor;
  /** Nothing heard for so long is the end: while connecting, of the answer, and in the middle of it. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

export type Headers = Readonly<Record<string, string>>;

/** One request, whatever comes of it: the answer's beginning, its body still to come. Rejects with `Trouble`. */
export async function getOnce(url: URL, headers: Headers, o: Outward): Promise<IncomingMessage> {
  const proxy = o.proxyFor(url);
  try {
    if (proxy === undefined)
      return await answerOf(requestTo(url)(url, { ...options(headers, o), agent: false }), o);
    if (url.protocol === 'http:') return await answerOf(throughProxy(url, proxy, headers, o), o);
    const tunnel = await tunnelTo(url, proxy, o);
    // With an agent, even with none, Node would make a connection of its own.
    const createConnection = () => connectTls({ socket: tunnel, servername: url.hostname });
    return await answerOf(requestByHttps(url, { ...options(headers, o), createConnection }), o);
  } catch (error) {
    throw troubleWith(url.hostname, error);
  }
}

function requestTo({ protocol }: URL): typeof requestByHttp {
  return protocol === 'https:' ? requestByHttps : requestByHttp;
}

function options(headers: Headers, { signal }: Outward): RequestOptions {
  // Bytes as they are: what is kept has to be what is signed.
  return { method: 'GET', headers: { 'accept-encoding': 'identity', ...headers }, signal };
}

function throughProxy(url: URL, proxy: URL, headers: Headers, o: Outward): ClientRequest {
  const own = { ...headers, host: url.host, ...proxyHeaders(proxy) };
  return requestTo(proxy)(proxy, { ...options(own, o), agent: false, path: url.href });
}

/** A proxy's own no is told as such: it comes before anything that is at the other end. */
function tunnelTo(url: URL, proxy: URL, o: Outward): Promise<Duplex> {
  const to = `${url.hostname}:${url.port === '' ? 443 : url.port}`;
  const asking = requestTo(proxy)(proxy, {
    ...options({ host: to, ...proxyHeaders(proxy) }, o),
    agent: false,
    method: 'CONNECT',
    path: to,
  });
  return new Promise((resolve, reject) => {
    asking.on('connect', ({ statusCode = 0, statusMessage = '' }: IncomingMessage, socket: Duplex) => {
      if (statusCode === 200) {
        // From here on it is the request inside that watches for silence.
        asking.setTimeout(0);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new Trouble(`the proxy ${proxy.host} answers ${statusCode} ${statusMessage}`));
    });
    answerOf(asking, o).then(
      ({ statusCode = 0 }) => {
        reject(new Trouble(`the proxy ${proxy.host} answers ${statusCode}`));
      },
      (error: unknown) => {
        reject(troubleWith(`the proxy ${proxy.host}`, error));
      },
    );
  });
}

function answerOf(asking: ClientRequest, { silenceMs }: Outward): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asking.setTimeout(silenceMs, () => {
      asking.destroy(new Trouble(`nothing was heard for ${silenceMs / 1000} s`));
    });
    asking.on('response', resolve);
    asking.on('error', reject);
    asking.end();
  });
}
