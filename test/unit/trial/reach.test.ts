import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/artifacts/supply.js';
import { programCommand } from '../../../src/trial/program.js';
import { outcomeOf, parseReached, placeOf } from '../../../src/trial/sample-answer.js';
import type { SampleOutcome } from '../../../src/trial/sample-answer.js';

const KEY = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n';
const folder = mkdtempSync(join(tmpdir(), 'kmon-reach-'));
const servers: Server[] = [];
let tls = '';
let plain = '';
let proxy = '';
let asked: string[] = [];

const answers = (request: IncomingMessage, response: ServerResponse): void => {
  const at = request.url ?? '';
  if (at.startsWith('/to/')) response.writeHead(302, { location: decodeURIComponent(at.slice(4)) }).end();
  else if (at === '/key') response.end(KEY);
  else if (at === '/v2/') response.writeHead(401, { 'www-authenticate': 'Bearer realm="x"' }).end('{}');
  else if (at === '/page') response.end('<!DOCTYPE html><title>log in</title>');
  else if (at === '/endless') {
    const more = setInterval(() => response.write(Buffer.alloc(65_536)), 5);
    response.on('close', () => {
      clearInterval(more);
    });
  } else response.writeHead(404).end();
};

/** On a free port; its host and port. */
async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `localhost:${(server.address() as AddressInfo).port}`;
}

/** A proxy of whom only "marie" with her password is served. */
function proxyServer(): Server {
  const server = createServer((_, response) => response.writeHead(407).end());
  return server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    asked.push(url);
    const login = Buffer.from('marie:ge heim').toString('base64');
    if (headers['proxy-authorization'] !== `Basic ${login}`) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const port = Number(url.split(':')[1]);
    const there = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
    const close = (): void => void [there, socket].map((s) => s.destroy());
    there.on('error', close);
    socket.on('error', close);
  });
}

interface Question {
  readonly gives?: Sample['gives'];
  readonly url: string;
  readonly proof: Sample['proof'];
  readonly proxy?: string;
}

/** What the program makes of these on this computer, all at once; `trusts`: apt is set up to trust the server. */
async function reach(questions: readonly Question[], trusts = true): Promise<readonly SampleOutcome[]> {
  const { script, stdin } = await programCommand('reach', [
    ['id', 'x'],
    ['token', '00'],
    ...questions.map(
      ({ gives = 'packages', url, proxy: way }, n) =>
        ['source', n, gives, url, ...(way === undefined ? [] : [way])] as const,
    ),
  ]);
  const apt = join(folder, 'apt.conf');
  const ca = join(folder, 'cert.pem');
  writeFileSync(apt, trusts ? `Acquire::https::CaInfo "${ca}";\n` : 'Acquire::https::CaInfo "";\n');
  const variables = Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name));
  const child = spawn('sh', ['-c', script], {
    env: { ...Object.fromEntries(variables), APT_CONFIG: apt },
  });
  child.stdin.end(stdin);
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(error).toBe('');
  const stories = parseReached(out);
  return questions.map(({ url, proof, proxy: way }, n) =>
    outcomeOf({ url, proof }, stories?.get(n) ?? [], way === undefined ? undefined : placeOf(way)),
  );
}

const hasTools = existsSync('/usr/lib/apt/methods/https') && existsSync('/usr/bin/openssl');

describe.runIf(hasTools)('the program that asks for a few bytes', () => {
  beforeAll(async () => {
    // apt's downloader gives root's rights away before it reads the certificate.
    chmodSync(folder, 0o755);
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    const names = ['-subj', '/O=School/CN=Filter CA', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', [...request, ...names], { stdio: 'ignore' });
    tls = await listening(createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, answers));
    plain = await listening(createServer(answers));
    proxy = await listening(proxyServer());
  });
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  it('takes the way of apt, follows where it is sent on to, and never takes more than a little', async () => {
    const nowhere = 'https://nowhere.invalid/key';
    const outcomes = await reach([
      { url: `https://${tls}/key`, proof: 'key' },
      { url: `https://${tls}/to/${encodeURIComponent(`https://${tls}/key`)}`, proof: 'key' },
      { url: `https://${tls}/to/${encodeURIComponent(nowhere)}`, proof: 'key' },
      { url: `https://${tls}/v2/`, proof: 'registry' },
      { url: `https://${tls}/missing`, proof: 'key' },
      { url: `https://${tls}/page`, proof: 'key' },
      { url: `http://${plain}/key`, proof: 'key' },
      { url: `http://${plain}/endless`, proof: 'registry' },
      { url: `https://${plain}/key`, proof: 'key' },
      { url: 'http://localhost:1/key', proof: 'key' },
    ]);
    expect(outcomes).toEqual([
      { outcome: 'open' },
      { outcome: 'open' },
      { outcome: 'no-name', at: 'nowhere.invalid:443' },
      { outcome: 'open' },
      { outcome: 'status', said: '404 Not Found to /missing' },
      { outcome: 'portal' },
      { outcome: 'open' },
      { outcome: 'open' },
      { outcome: 'failed', said: expect.stringMatching(/TLS|SSL/) as unknown },
      { outcome: 'refused' },
    ]);
  });

  it('names who has signed what is not trusted', async () => {
    expect(
      await reach([
        { url: `https://${tls}/key`, proof: 'key', gives: 'images' },
        {
          url: `https://${tls}/v2/`,
          proof: 'registry',
          gives: 'images',
          proxy: `http://marie:ge%20heim@${proxy}`,
        },
      ]),
    ).toEqual([
      { outcome: 'untrusted', said: 'signed by Filter CA, School' },
      { outcome: 'untrusted', said: 'signed by Filter CA, School' },
    ]);
  });

  it('takes the way of the proxy for images, and says that it wants a password', async () => {
    asked = [];
    const outcomes = await reach([
      { url: 'https://images.example/v2/', proof: 'registry', gives: 'images', proxy: `http://${proxy}` },
    ]);
    expect(outcomes).toEqual([{ outcome: 'proxy-login', at: proxy, proxy: true }]);
    expect(asked).toEqual(['images.example:443']);
  });

  it('leaves nothing behind', async () => {
    await reach([{ url: `http://${plain}/endless`, proof: 'registry' }]);
    const files = ['/run', '/tmp'].flatMap((f) => readdirSync(f));
    expect(files.filter((name) => name.startsWith('kmon-reach-') && !folder.endsWith(name))).toEqual([]);
  });
});
