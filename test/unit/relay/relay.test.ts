import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRelay } from '../../../src/relay/relay.js';
import type { RelayOptions } from '../../../src/relay/relay.js';

const LAYER = randomBytes(700_000);
const hex = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const BLOB = `/images/quay.io/v2/prometheus/prometheus/blobs/sha256:${hex(LAYER)}`;
const LISTS = 'http://deb.example.org/debian/dists/bookworm/InRelease';

interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The answer ended before it was whole. */
  readonly cut: boolean;
}

describe('relay', () => {
  let folder: string;
  let ends: (() => void)[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmon-relay-'));
    ends = [];
  });
  afterEach(() => {
    for (const end of ends.toReversed()) end();
    rmSync(folder, { recursive: true });
  });

  const listen = async (server: Server): Promise<number> => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    ends.push(() => server.close());
    return (server.address() as AddressInfo).port;
  };

  /** The Internet as one server: a registry, and by its proxy whatever comes by http. */
  const internet = async (answerTo: RequestListener) => {
    const asked: string[] = [];
    const server = createServer((question, response) => {
      asked.push(question.url ?? '');
      answerTo(question, response);
    });
    ends.push(() => {
      server.closeAllConnections();
    });
    return { port: await listen(server), asked };
  };

  const relayTo = async (port: number, more: Partial<RelayOptions> = {}) => {
    const relay = openRelay({
      origins: {
        registries: { 'quay.io': `http://127.0.0.1:${port}/v2` },
        packages: ['https://pkgs.example.org/'],
      },
      folder,
      boundBytes: 1e9,
      proxyFor: ({ hostname }) =>
        hostname === '127.0.0.1' ? undefined : new URL(`http://127.0.0.1:${port}`),
      silenceMs: 2000,
      ...more,
    });
    const door = createTcpServer((socket) => {
      relay.serve(socket);
    });
    const at = await listen(door);
    ends.push(() => void relay.close());
    return { relay, get: (target: string, headers = {}) => get(at, target, headers), at };
  };

  const get = (port: number, path: string, headers: Record<string, string>): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asking = request({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        const { statusCode = 0, statusMessage = '' } = answer;
        const told = (cut: boolean): void => {
          const body = Buffer.concat(chunks);
          resolve({ status: statusCode, reason: statusMessage, headers: answer.headers, body, cut });
        };
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          told(false);
        });
        answer.on('error', () => {
          told(true);
        });
      });
      asking.on('error', reject);
      asking.end();
    });

  const give = (response: ServerResponse, body: Buffer, headers = {}): void => {
    response.writeHead(200, { 'content-length': body.length, ...headers });
    response.end(body);
  };
  const kept = (): string[] => readdirSync(join(folder, 'kept')).toSorted();

  it('fetches once what several machines want at the same time, and later, and in the next run', async () => {
    const { port, asked } = await internet((_, response) => {
      void sleep(50).then(() => {
        give(response, LAYER, { 'content-type': 'application/octet-stream' });
      });
    });
    const { relay, get } = await relayTo(port);
    const answers = await Promise.all(Array.from({ length: 8 }, () => get(BLOB)));
    answers.push(await get(`${BLOB}?ns=quay.io`));
    for (const { status, body } of answers) expect([status, body.equals(LAYER)]).toEqual([200, true]);
    expect(asked).toEqual([`/v2/prometheus/prometheus/blobs/sha256:${hex(LAYER)}`]);
    expect(relay.passed).toEqual({ fetchedBytes: LAYER.length, givenBytes: 9 * LAYER.length });
    await relay.close();
    const next = await relayTo(port);
    const again = await next.get(BLOB);
    expect(again.body.equals(LAYER)).toBe(true);
    expect(again.headers['content-type']).toBe('application/octet-stream');
    expect(asked).toHaveLength(1);
    expect(next.relay.passed.fetchedBytes).toBe(0);
  });

  it('gives what has come before the rest is there', async () => {
    let goOn = (): void => undefined;
    const { port } = await internet((_, response) => {
      response.writeHead(200, { 'content-length': LAYER.length });
      response.write(LAYER.subarray(0, 1000));
      goOn = () => response.end(LAYER.subarray(1000));
    });
    const { at, get } = await relayTo(port);
    const first = connect({ host: '127.0.0.1', port: at });
    first.write(`GET ${BLOB} HTTP/1.1\r\nhost: x\r\n\r\n`);
    let heard = 0;
    while (heard < 1000) heard += (await new Promise<Buffer>((done) => first.once('data', done))).length;
    const second = get(BLOB);
    // Who leaves in the middle ends it for nobody else.
    first.destroy();
    await sleep(50);
    goOn();
    expect((await second).body.equals(LAYER)).toBe(true);
  });

  it('keeps nothing that is cut off, tells the machine so, and fetches it anew', async () => {
    let tries = 0;
    const { port } = await internet((_, response) => {
      tries += 1;
      if (tries > 1) {
        give(response, LAYER);
        return;
      }
      response.writeHead(200, { 'content-length': LAYER.length });
      response.write(LAYER.subarray(0, 300_000), () => response.destroy());
    });
    const { get } = await relayTo(port);
    const all = await Promise.all([get(BLOB), get(BLOB)]);
    expect(all.map((a) => a.cut)).toEqual([true, true]);
    expect(kept()).toEqual([]);
    expect((await get(BLOB)).body.equals(LAYER)).toBe(true);
    expect(kept()).toEqual([`sha256-${hex(LAYER)}`, `sha256-${hex(LAYER)}.json`]);
  });

  it('gives nobody the last bytes of what has another digest', async () => {
    const wrong = Buffer.from(LAYER);
    wrong[0] = (wrong[0] ?? 0) ^ 1;
    const { port } = await internet((_, response) => {
      give(response, wrong);
    });
    const { get } = await relayTo(port);
    const { cut, body } = await get(BLOB);
    expect([cut, body.length < LAYER.length]).toEqual([true, true]);
    expect(kept()).toEqual([]);
  });

  it('takes no page of a filter for a package', async () => {
    let page = '<html>Blocked</html>';
    const { port, asked } = await internet((_, response) => response.end(page));
    const { get } = await relayTo(port);
    const deb = 'http://deb.example.org/debian/pool/main/r/runc/runc_1_amd64.deb';
    await expect(get(deb)).rejects.toThrow('hang up');
    page = '!<a';
    await expect(get(deb)).rejects.toThrow('hang up');
    expect(kept()).toEqual([]);
    page = '!<arch>\ndebian-binary';
    expect((await get(deb)).body.toString()).toBe(page);
    expect((await get(deb)).body.toString()).toBe(page);
    expect(asked).toHaveLength(3);
  });

  it('keeps little of it in memory, however big it is and however slow a machine', async () => {
    const chunk = randomBytes(1_000_000);
    const size = 100 * chunk.length;
    const { port } = await internet((_, response) => {
      response.writeHead(200, { 'content-length': size });
      void (async () => {
        for (let sent = 0; sent < size; sent += chunk.length)
          if (!response.write(chunk)) await new Promise((done) => response.once('drain', done));
        response.end();
      })();
    });
    const { at, relay } = await relayTo(port);
    const before = process.memoryUsage();
    const slow = connect({ host: '127.0.0.1', port: at });
    slow.write(`GET ${LISTS} HTTP/1.1\r\nhost: x\r\n\r\n`);
    slow.once('data', () => slow.pause());
    await expect.poll(() => relay.passed.fetchedBytes, { timeout: 30_000 }).toBe(size);
    const after = process.memoryUsage();
    expect(after.external + after.heapUsed - before.external - before.heapUsed).toBeLessThan(size / 2);
    slow.destroy();
    // In a folder that nobody else may look into.
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o700);
  }, 60_000);

  it('fetches what changes once a run, and gives it only to those who lack it', async () => {
    const changed = 'Wed, 21 Oct 2026 07:28:00 GMT';
    const { port, asked } = await internet((_, response) => {
      give(response, Buffer.from('Origin: Debian'), { 'last-modified': changed });
    });
    const { relay, get } = await relayTo(port);
    expect((await get(LISTS)).body.toString()).toBe('Origin: Debian');
    expect((await get(LISTS)).headers['last-modified']).toBe(changed);
    expect((await get(LISTS, { 'if-modified-since': changed })).status).toBe(304);
    expect((await get(LISTS, { 'if-modified-since': 'Wed, 21 Oct 2020 07:28:00 GMT' })).status).toBe(200);
    expect(asked).toEqual([LISTS]);
    await relay.close();
    expect(readdirSync(folder)).toEqual(['kept']);
    expect(kept()).toEqual([]);
    await (await relayTo(port)).get(LISTS);
    expect(asked).toHaveLength(2);
  });

  it('goes on where a machine was cut off', async () => {
    const { port } = await internet((_, response) => {
      give(response, LAYER);
    });
    const { get } = await relayTo(port);
    const { status, headers, body } = await get(BLOB, { range: 'bytes=600000-' });
    expect([status, headers['content-range']]).toEqual([206, `bytes 600000-699999/700000`]);
    expect(body.equals(LAYER.subarray(600_000))).toBe(true);
    expect((await get(BLOB, { range: 'bytes=5-9' })).body.equals(LAYER.subarray(5, 10))).toBe(true);
    for (const range of ['bytes=700000-', 'bytes=-5', 'bytes=0-1,5-6', 'lines=1-2'])
      expect((await get(BLOB, { range })).status).toBe(200);
  });

  it('says of an image that it has none, so that the registry is asked itself, and of a package why', async () => {
    const { port } = await internet((_, response) => {
      response.writeHead(403, 'Blocked by the school').end();
    });
    const { get } = await relayTo(port);
    expect(await get(BLOB)).toMatchObject({ status: 404 });
    expect(await get(LISTS)).toMatchObject({
      status: 403,
      reason: 'deb.example.org: 403 Blocked by the school',
    });
    expect(await get('/packages/evil.example/a.deb')).toMatchObject({
      status: 404,
      reason: 'not through here',
    });
  });

  it('tells a proxy that wants a password, and shows it to a proxy that knows it', async () => {
    const { port } = await internet((_, response) => response.end());
    const proxy = createServer();
    const seen: (string | undefined)[] = [];
    proxy.on('connect', (question, socket) => {
      seen.push(question.headers['proxy-authorization']);
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    const at = await listen(proxy);
    const { get } = await relayTo(port, { proxyFor: () => new URL(`http://me:word@127.0.0.1:${at}`) });
    expect(await get('/packages/pkgs.example.org/a.deb')).toMatchObject({
      status: 502,
      reason: `pkgs.example.org: the proxy 127.0.0.1:${at} answers 407 Proxy Authentication Required`,
    });
    expect(seen).toEqual([`Basic ${Buffer.from('me:word').toString('base64')}`]);
  });

  it('reaches through a proxy what it says it is, and tells who it is instead', async () => {
    const own = { keyFile: join(folder, 'key'), certFile: join(folder, 'crt') };
    const subject = ['-subj', '/CN=filter of the school', '-days', '2'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-nodes',
        '-newkey',
        'rsa:2048',
        '-keyout',
        own.keyFile,
        '-out',
        own.certFile,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    const tls = { key: readFileSync(own.keyFile), cert: readFileSync(own.certFile) };
    const filter = await listen(createHttpsServer(tls, (_, response) => response.end('the package')));
    const proxy = createServer();
    proxy.on('connect', (_, socket) => {
      const beyond = connect({ host: '127.0.0.1', port: filter }, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        beyond.pipe(socket).pipe(beyond);
      });
      for (const end of [socket, beyond]) end.on('error', () => undefined);
    });
    const at = await listen(proxy);
    const { get } = await relayTo(at, { proxyFor: () => new URL(`http://127.0.0.1:${at}`) });
    expect(await get('/packages/pkgs.example.org/a.deb')).toMatchObject({
      status: 502,
      reason: 'pkgs.example.org: self-signed certificate',
    });
  });

  it('does not ask a host again at once that did not answer', async () => {
    const { port, asked } = await internet(() => undefined);
    const { get } = await relayTo(port, { silenceMs: 100 });
    expect(await get(LISTS)).toMatchObject({
      status: 502,
      reason: 'deb.example.org: nothing was heard for 0.1 s',
    });
    expect((await get(LISTS.replace('InRelease', 'Release'))).status).toBe(502);
    expect(asked).toHaveLength(1);
  });

  it('follows to where a registry sends on, and shows the token to nobody else', async () => {
    const shown: (string | undefined)[] = [];
    const cdn = await internet((question, response) => {
      shown.push(question.headers.authorization);
      give(response, LAYER);
    });
    const { port } = await internet((_, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${cdn.port}/elsewhere` }).end();
    });
    const { get } = await relayTo(port);
    expect((await get(BLOB)).body.equals(LAYER)).toBe(true);
    expect(shown).toEqual([undefined]);
    const circle = await internet((_, response) => {
      response.writeHead(302, { location: '/again' }).end();
    });
    const { get: around } = await relayTo(circle.port, { folder: join(folder, 'other') });
    expect((await around(BLOB)).status).toBe(404);
    expect(circle.asked).toHaveLength(7);
  });

  it('keeps no more than it is told to, and what was used last', async () => {
    const bodies = [1, 2, 3].map((n) => Buffer.alloc(1000, n));
    const { port } = await internet(({ url = '' }, response) => {
      give(response, bodies.find((b) => url.endsWith(hex(b))) ?? Buffer.of());
    });
    const { relay, get } = await relayTo(port, { boundBytes: 2000 });
    for (const [i, body] of bodies.entries()) {
      await get(`/images/quay.io/v2/a/blobs/sha256:${hex(body)}`);
      await sleep(20 * i);
    }
    await get(`/images/quay.io/v2/a/blobs/sha256:${hex(bodies[0] ?? Buffer.of())}`);
    await relay.close();
    const names = [bodies[0], bodies[2]].map((b) => `sha256-${hex(b ?? Buffer.of())}`);
    expect(kept()).toEqual(names.flatMap((n) => [n, `${n}.json`]).toSorted());
  });

  it('clears away what a run has left that was killed, and leaves what runs alone', async () => {
    const { port } = await internet((_, response) => response.end('lists'));
    const ended = spawnSync('true').pid;
    for (const name of [`run-${ended}-1a`, `run-${process.ppid}-1a`]) mkdirSync(join(folder, name));
    const { relay, get } = await relayTo(port);
    await get(LISTS);
    await relay.close();
    expect(readdirSync(folder).toSorted()).toEqual(['kept', `run-${process.ppid}-1a`]);
  });

  it('does not take for whole what a power cut left', async () => {
    const { port } = await internet((_, response) => {
      give(response, LAYER);
    });
    const first = await relayTo(port);
    await first.get(BLOB);
    await first.relay.close();
    writeFileSync(join(folder, 'kept', `sha256-${hex(LAYER)}`), LAYER.subarray(5));
    expect((await (await relayTo(port)).get(BLOB)).body.equals(LAYER)).toBe(true);
  });

  it('ends with the run, whatever is under way', async () => {
    const { port } = await internet((_, response) => {
      response.writeHead(200, { 'content-length': LAYER.length });
      response.write(LAYER.subarray(0, 1000));
    });
    const { relay, get } = await relayTo(port);
    const cut = get(BLOB).catch(() => ({ cut: true }));
    await sleep(100);
    await relay.close();
    expect((await cut).cut).toBe(true);
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  it('leaves a machine alone that says something else than HTTP', async () => {
    const { port } = await internet((_, response) => {
      give(response, LAYER);
    });
    const { at, get } = await relayTo(port);
    const odd = connect({ host: '127.0.0.1', port: at });
    odd.on('error', () => undefined);
    odd.write('SSH-2.0-odd\r\n\r\n');
    await new Promise((done) => odd.on('close', done));
    expect((await get(BLOB)).status).toBe(200);
  });
});
