import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LARGEST_BODY, openDoor } from '../../../src/enrol/door.js';
import type { Door, DoorContent } from '../../../src/enrol/door.js';
import { kmonErrorOf } from '../../support/expect-error.js';

let door: Door;
const posted: string[] = [];

const content: DoorContent = {
  pages: new Map([
    ['/en', { type: 'text/html', text: 'english' }],
    ['/fr', { type: 'text/html', text: 'français' }],
    ['/kmon.sh', { type: 'text/plain', text: 'script' }],
  ]),
  front: (languages) => (languages.startsWith('fr') ? '/fr' : '/en'),
  posts: new Map([
    [
      '/register',
      (text, source) => {
        posted.push(text);
        return `${source} ${text.length}`;
      },
    ],
  ]),
  styleHash: 'sha256-x',
};

beforeAll(async () => {
  door = await openDoor('127.0.0.1', 0, content);
});
afterAll(() => door.close());

interface Answered {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

function ask(
  method: string,
  path: string,
  o: { readonly body?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: door.port, method, path, headers: o.headers ?? {}, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, text });
        });
      },
    );
    asked.on('error', reject);
    asked.end(o.body);
  });
}

describe('the page of an enrolment', () => {
  it.each([
    ['/', {}, 'english'],
    ['/', { 'accept-language': 'fr-FR' }, 'français'],
    ['/fr', {}, 'français'],
    ['/en?x=1', {}, 'english'],
    ['/kmon.sh', {}, 'script'],
  ])('is served at %s', async (path, headers, text) => {
    expect(await ask('GET', path, { headers })).toMatchObject({ status: 200, text });
    expect(await ask('HEAD', path, { headers })).toMatchObject({ status: 200, text: '' });
  });

  it.each(['/', '/kmon.sh', '/nothing'])('tells a browser at %s to load and keep nothing', async (path) => {
    const { headers } = await ask('GET', path);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'sha256-x'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it.each([
    '/kmon.yaml',
    '/.kmon/enrol_key',
    '/../kmon.yaml',
    '/..%2f..%2fetc/passwd',
    '/en/',
    '//en',
    '/register',
    '/ask',
    '/__proto__',
    '/constructor',
    'http://elsewhere.test/',
    '*',
  ])('is all that there is: %s is nothing', async (path) => {
    expect(await ask('GET', path)).toMatchObject({ status: 404, text: 'nothing here\n' });
  });

  it.each([
    ['POST', '/', 405],
    ['PUT', '/kmon.sh', 405],
    ['DELETE', '/en', 405],
    ['OPTIONS', '/', 405],
    ['PUT', '/register', 405],
    ['POST', '/other', 404],
    ['TRACE', '/other', 404],
  ])('refuses %s %s', async (method, path, status) => {
    expect(await ask(method, path)).toMatchObject({ status });
  });

  it('takes what laptops post, and knows from where', async () => {
    expect(await ask('POST', '/register', { body: 'é' })).toMatchObject({ status: 200, text: '127.0.0.1 1' });
    expect(await ask('POST', '/register', { body: 'x'.repeat(LARGEST_BODY) })).toMatchObject({ status: 200 });
  });

  it.each([
    ['told before', {}],
    ['in pieces', { 'transfer-encoding': 'chunked' }],
  ])('takes no more than eight kilobytes, %s', async (_, headers) => {
    const before = posted.length;
    expect(await ask('POST', '/register', { body: 'x'.repeat(LARGEST_BODY + 1), headers })).toMatchObject({
      status: 413,
    });
    expect(posted).toHaveLength(before);
  });

  it('takes no long headers', async () => {
    expect(await ask('GET', '/', { headers: { cookie: 'x'.repeat(10_000) } })).toMatchObject({ status: 431 });
  });

  const dial = (port = door.port): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        resolve(socket);
      });
      socket.once('error', reject);
    });
  const closed = (socket: Socket): Promise<number> =>
    new Promise((resolve) => {
      const from = performance.now();
      socket.on('error', () => undefined);
      socket.resume();
      socket.once('close', () => {
        resolve(performance.now() - from);
      });
    });

  it.each([
    ['asks', 'GET / HTTP/1.1\r\nx: ', 200],
    ['tells', 'POST /register HTTP/1.1\r\nhost: x\r\ncontent-length: 2000\r\n\r\n', 200],
    ['says nothing', '', 0],
  ])('waits for nobody who %s a letter at a time', async (_, begins, everyMs) => {
    const impatient = await openDoor('127.0.0.1', 0, content, 500);
    const slow = await dial(impatient.port);
    const over = closed(slow);
    slow.write(begins);
    const typing = everyMs === 0 ? undefined : setInterval(() => slow.write('x'), everyMs);
    expect(await over).toBeLessThan(10_000);
    clearInterval(typing);
    await impatient.close();
  });

  it('has few connections for one address, and the others wait for nothing', async () => {
    const held = await Promise.all(Array.from({ length: 12 }, () => dial()));
    expect(await closed(await dial())).toBeLessThan(5000);
    for (const socket of held) socket.destroy();
    await expect.poll(async () => (await ask('GET', '/').catch(() => undefined))?.status).toBe(200);
  });
});

describe('a door that cannot be opened', () => {
  it('says that its port is taken', async () => {
    const error = await kmonErrorOf(openDoor('127.0.0.1', door.port, content));
    expect(error.message).toBe(
      `the page cannot be served on port ${door.port} of 127.0.0.1: the port is taken`,
    );
    expect(error.hint).toContain('--port');
    const away = await kmonErrorOf(openDoor('192.0.2.77', 0, content));
    expect(away.message).toContain('that is no address of this computer');
  });

  it('is free again when it was closed', async () => {
    const first = await openDoor('127.0.0.1', 0, content);
    await first.close();
    await (await openDoor('127.0.0.1', first.port, content)).close();
  });
});
