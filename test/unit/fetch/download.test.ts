import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { download } from '../../../src/fetch/download.js';
import { openWeb, textAt } from '../../../src/fetch/web.js';
import type { Web } from '../../../src/fetch/web.js';
import { webServer } from '../../support/web-server.js';
import type { WebServer } from '../../support/web-server.js';

const CONTENT = randomBytes(300_000);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const never = new AbortController().signal;

let site: WebServer;
let web: Web;
let folder: string;
let heard: number;

beforeEach(async () => {
  site = await webServer();
  site.files.set('/file', CONTENT);
  web = openWeb({});
  folder = mkdtempSync(join(tmpdir(), 'kmon-download-'));
  heard = 0;
});
afterEach(async () => {
  await web.close();
  await site.close();
  rmSync(folder, { recursive: true });
});

const file = (): string => join(folder, 'file');
const fetchFile = (
  o: { readonly sha256?: string; readonly path?: string; readonly signal?: AbortSignal } = {},
) =>
  download(
    web,
    { url: `${site.url}${o.path ?? '/file'}`, sha256: o.sha256 ?? SHA256, file: file() },
    o.signal ?? never,
    (bytes) => {
      heard += bytes;
    },
  );

it('brings a file, and tells of its bytes', async () => {
  await fetchFile();
  expect(readFileSync(file()).equals(CONTENT)).toBe(true);
  expect(existsSync(`${file()}.part`)).toBe(false);
  expect(heard).toBe(CONTENT.length);
});

it('follows where it is sent on to', async () => {
  site.moved.set('/old', '/file');
  await fetchFile({ path: '/old' });
  expect(readFileSync(file()).equals(CONTENT)).toBe(true);
});

it('goes on by itself where a connection broke, with the rest alone', async () => {
  site.cuts.set('/file', [100_000, 50_000]);
  await fetchFile();
  expect(readFileSync(file()).equals(CONTENT)).toBe(true);
  expect(heard).toBe(CONTENT.length);
  expect(site.asked).toHaveLength(3);
  expect(site.asked[1]).toMatch(/^GET \/file bytes=[1-9]/);
});

it('goes on where a former try ended', async () => {
  writeFileSync(`${file()}.part`, CONTENT.subarray(0, 200_000));
  await fetchFile();
  expect(site.asked).toEqual(['GET /file bytes=200000-']);
  expect(heard).toBe(100_000);
});

it('takes what a former try had fetched to its last byte', async () => {
  writeFileSync(`${file()}.part`, CONTENT);
  await fetchFile();
  expect(readFileSync(file()).equals(CONTENT)).toBe(true);
});

it('begins anew where a server gives no parts, and takes back what it told', async () => {
  site.ranges = false;
  writeFileSync(`${file()}.part`, CONTENT.subarray(0, 200_000));
  await fetchFile();
  expect(readFileSync(file()).equals(CONTENT)).toBe(true);
  expect(heard).toBe(100_000);
});

it('puts nothing in its place that has another checksum, and does not go on from it', async () => {
  await expect(fetchFile({ sha256: '0'.repeat(64) })).rejects.toMatchObject({
    code: 'precondition',
    message: expect.stringMatching(/^what 127\.0\.0\.1:\d+ gives as \/file has another checksum/) as string,
  });
  expect(existsSync(file())).toBe(false);
  expect(existsSync(`${file()}.part`)).toBe(false);
  expect(heard).toBe(0);
});

it('keeps what came before Ctrl-C', async () => {
  site.cuts.set('/file', [100_000]);
  const stop = new AbortController();
  const running = download(
    web,
    { url: `${site.url}/file`, sha256: SHA256, file: file() },
    stop.signal,
    () => {
      stop.abort();
    },
  );
  await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  expect(statSync(`${file()}.part`).size).toBeGreaterThan(0);
});

it.each([
  [404, /^127\.0\.0\.1:\d+ has no \/file \(HTTP 404\)$/, /mirror/],
  [403, /is refused \(HTTP 403\)$/, /filter/],
  [429, /gives this address no more for now/, /wait/],
  [502, /fails \(HTTP 502\)$/, /later/],
])('says what is wrong at %i', async (status, message, hint) => {
  site.broken.set('/file', status);
  await expect(fetchFile()).rejects.toMatchObject({
    code: 'precondition',
    message: expect.stringMatching(message) as string,
    hint: expect.stringMatching(hint) as string,
  });
});

it('says that nobody answers', async () => {
  await site.close();
  await expect(textAt(web, `${site.url}/file`, { signal: never })).rejects.toMatchObject({
    code: 'precondition',
    message: expect.stringMatching(/gives no answer \(ECONNREFUSED\)/) as string,
  });
  site = await webServer();
});

it('says that a name is not known', async () => {
  await expect(textAt(web, 'http://nobody.invalid/', { signal: never })).rejects.toMatchObject({
    message: 'nobody.invalid is not known here: no name is resolved',
  });
});

it('goes by the proxy that the environment names, but not where it says so', async () => {
  const proxied = openWeb({ http_proxy: site.url, no_proxy: '127.0.0.1' });
  try {
    site.files.set('/text', 'a text');
    expect(await textAt(proxied, 'http://far.invalid/text', { signal: never })).toBe('a text');
    await textAt(proxied, `${site.url}/text`, { signal: never });
  } finally {
    await proxied.close();
  }
  expect(site.asked).toEqual(['CONNECT far.invalid:80', 'GET /text', 'GET /text']);
});

it('does not wait without end for a proxy that hangs up', async () => {
  site.hangsUp = true;
  const proxied = openWeb({ http_proxy: site.url }, 500);
  try {
    const asking = textAt(proxied, 'http://far.invalid/text', { signal: never });
    await expect(asking).rejects.toMatchObject({
      code: 'precondition',
      message: 'far.invalid gives no answer (nothing came within 0.5 seconds)',
    });
  } finally {
    await proxied.close();
  }
});

it.each([
  [407, 'far.invalid is behind a proxy that wants a password'],
  [403, 'far.invalid is refused by the proxy'],
])('says what a proxy has against it: %i', async (status, message) => {
  site.refusesToLead = status;
  const proxied = openWeb({ http_proxy: site.url });
  try {
    const asking = textAt(proxied, 'http://far.invalid/text', { signal: never });
    await expect(asking).rejects.toMatchObject({ code: 'precondition', message });
  } finally {
    await proxied.close();
  }
});
