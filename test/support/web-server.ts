import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a server on this computer gives, and how it behaves while it does. */
export interface WebServer {
  readonly url: string;
  /** By path. */
  readonly files: Map<string, Buffer | string>;
  /** Paths that are sent on to another. */
  readonly moved: Map<string, string>;
  /** Content types, by path; bytes without one. */
  readonly types: Map<string, string>;
  /** Answers of this status, by path, whatever is there. */
  readonly broken: Map<string, number>;
  /** After how many bytes a connection ends, by path; each of them once. */
  readonly cuts: Map<string, number[]>;
  /** Paths below this want the token that `/token` gives everybody. */
  guarded: string | undefined;
  /** Answers with parts of files where they are asked for. */
  ranges: boolean;
  /** As a proxy it refuses with this status. */
  refusesToLead: number | undefined;
  /** As a proxy it ends a connection without a word. */
  hangsUp: boolean;
  /** Method, path, and range where one was asked for, in the order in which they came. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function webServer(): Promise<WebServer> {
  const server = createServer((request, response) => {
    answer(site, request, response);
  });
  // As a proxy: wherever it is asked to lead to, that is here.
  server.on('connect', ({ url }: IncomingMessage, socket: Socket) => {
    site.asked.push(`CONNECT ${url ?? ''}`);
    if (site.hangsUp) {
      socket.destroy();
      return;
    }
    if (site.refusesToLead !== undefined) {
      socket.end(`HTTP/1.1 ${site.refusesToLead} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    server.emit('connection', socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const site: WebServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files: new Map(),
    moved: new Map(),
    types: new Map(),
    broken: new Map(),
    cuts: new Map(),
    guarded: undefined,
    ranges: true,
    refusesToLead: undefined,
    hangsUp: false,
    asked: [],
    close: () => closed(server),
  };
  return site;
}

function answer(site: WebServer, request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURI((request.url ?? '').split('?')[0] ?? '');
  const { range } = request.headers;
  site.asked.push([request.method, request.url, range].filter((word) => word !== undefined).join(' '));
  const send = (
    status: number,
    body: Buffer | string,
    headers: Record<string, string | number> = {},
  ): void => {
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const status = site.broken.get(path);
  const to = site.moved.get(path);
  const content = site.files.get(path);
  if (status !== undefined) send(status, '');
  else if (to !== undefined) send(302, '', { location: to });
  else if (path === '/token') send(200, JSON.stringify({ token: `for ${request.url ?? ''}` }));
  else if (
    site.guarded !== undefined &&
    path.startsWith(site.guarded) &&
    request.headers.authorization?.startsWith('Bearer for ') !== true
  )
    send(401, '', { 'www-authenticate': `Bearer realm="${site.url}/token",service="a registry"` });
  else if (content === undefined) send(404, 'nothing here');
  else sendFile(site, path, Buffer.from(content), range, request.method === 'HEAD', response);
}

function sendFile(
  site: WebServer,
  path: string,
  content: Buffer,
  range: string | undefined,
  headOnly: boolean,
  response: ServerResponse,
): void {
  const start = site.ranges ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
  const type = site.types.get(path) ?? 'application/octet-stream';
  if (start > 0 && start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` });
    response.end();
    return;
  }
  response.writeHead(start > 0 ? 206 : 200, {
    'content-type': type,
    'content-length': content.length - start,
    ...(start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
  });
  const cut = headOnly ? undefined : site.cuts.get(path)?.shift();
  if (cut === undefined) response.end(headOnly ? undefined : content.subarray(start));
  else response.write(content.subarray(start, start + cut), () => response.destroy());
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

/** Lays an image out as a registry has it. Gives the digests by which it is asked for. */
export function putImage(
  { files, types }: WebServer,
  repository: string,
  tag: string,
  processors: Readonly<Record<string, readonly string[]>>,
): void {
  const manifests = Object.entries(processors).map(([architecture, layers]) => {
    const put = (mediaType: string, content: string): object => {
      files.set(`/v2/${repository}/blobs/${digest(content)}`, content);
      return { mediaType, digest: digest(content), size: content.length };
    };
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: put('application/vnd.oci.image.config.v1+json', JSON.stringify({ architecture, os: 'linux' })),
      layers: layers.map((layer) => put('application/vnd.oci.image.layer.v1.tar+gzip', layer)),
    });
    files.set(`/v2/${repository}/manifests/${digest(manifest)}`, manifest);
    return {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: digest(manifest),
      size: manifest.length,
      platform: { architecture, os: 'linux' },
    };
  });
  const index = `/v2/${repository}/manifests/${tag}`;
  files.set(index, JSON.stringify({ schemaVersion: 2, manifests }));
  types.set(index, 'application/vnd.oci.image.index.v1+json');
}

/** Lays a file out as a registry has one that runs on nothing, such as a chart. */
export function putFileAt(
  { files, types }: WebServer,
  repository: string,
  tag: string,
  { mediaType, content }: { readonly mediaType: string; readonly content: Buffer },
): void {
  const put = (type: string, bytes: Buffer): object => {
    files.set(`/v2/${repository}/blobs/${digest(bytes)}`, bytes);
    return { mediaType: type, digest: digest(bytes), size: bytes.length };
  };
  const manifest = `/v2/${repository}/manifests/${tag}`;
  const config = put('application/vnd.cncf.helm.config.v1+json', Buffer.from('{"name":"a chart"}'));
  files.set(manifest, JSON.stringify({ schemaVersion: 2, config, layers: [put(mediaType, content)] }));
  types.set(manifest, 'application/vnd.oci.image.manifest.v1+json');
}

export function digest(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
