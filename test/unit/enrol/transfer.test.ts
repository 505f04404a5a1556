import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Desk, fetchText } from '../../../src/enrol/desk.js';
import { openDoor } from '../../../src/enrol/door.js';
import type { Door } from '../../../src/enrol/door.js';
import { guestOffer } from '../../../src/enrol/guest-offer.js';
import { keyOf, sealOf } from '../../../src/enrol/seal.js';
import { rangeOf } from '../../../src/enrol/transfer.js';
import { asking, guestSaying, nonceOf, OTHER_KEY, registering, SESSION } from './sample-laptop.js';

const BYTES = 64 * 1024 * 1024;
const WORDS = Array.from({ length: 8 }, (_, i) => `word0000000${i}`);

let dir: string;
let door: Door;
let desk: Desk;
let sum: string;

/** Loopback has many addresses: eight laptops, which the desk knows as those of a room. */
const addressOf = (i: number): string => `192.0.2.${i + 10}`;
const inRoom = (source: string): string => source.replace('127.0.0.', '192.0.2.');

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kmon-transfer-'));
  const from = join(dir, 'disk.vmdk');
  writeFileSync(from, 'begin');
  truncateSync(from, BYTES);
  const hash = createHash('sha256').update('begin');
  hash.update(Buffer.alloc(BYTES - 5));
  sum = hash.digest('hex');
  const disk = { name: 'disk.vmdk', bytes: BYTES, sha256: sum, from };
  desk = new Desk({
    session: SESSION,
    objection: () => undefined,
    inRoomAt: () => undefined,
    admission: (laptop) =>
      guestOffer(new Map([['amd64', disk]]), laptop, OTHER_KEY, new Date()) ?? { wrong: 'none' },
    onEvent: () => undefined,
    nowMs: () => performance.now(),
  });
  WORDS.forEach((word, i) => {
    desk.addWord(word);
    const says = guestSaying({ nonce: nonceOf(i), address: addressOf(i), name: `pc-${i}` });
    desk.register(registering(word, says), addressOf(i));
    if (i < 7) desk.approve({ number: i + 1, nonce: nonceOf(i) });
  });
  door = await openDoor('0.0.0.0', 0, {
    pages: new Map(),
    front: () => '/',
    posts: new Map(),
    offered: (path, source) => desk.offered(path, inRoom(source)),
    styleHash: '',
  });
});
afterAll(async () => {
  await door.close();
  rmSync(dir, { recursive: true });
});

interface Got {
  readonly status: number | undefined;
  readonly bytes: number;
  readonly sum: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

function get(i: number, path: string, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', localAddress: `127.0.0.${i + 10}`, port: door.port, path, headers, agent: false },
      (response) => {
        const hash = createHash('sha256');
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          hash.update(part);
        });
        response.once('error', reject);
        response.once('end', () => {
          resolve({
            status: response.statusCode,
            bytes,
            sum: hash.digest('hex'),
            headers: response.headers,
          });
        });
      },
    );
    asked.once('error', reject);
    asked.end();
  });
}

const pathOf = (i: number, name: string, sealed = name, nonce = nonceOf(i), session = SESSION): string =>
  `/guest/${name}?seal=${sealOf(keyOf(WORDS[i] ?? ''), fetchText(session, nonce, sealed))}`;

describe('what a laptop with a word fetches', () => {
  it('comes whole to all at once, without being held in memory', async () => {
    desk.approve({ number: 8, nonce: nonceOf(7) });
    const before = process.memoryUsage().rss;
    const got = await Promise.all(WORDS.map((_, i) => get(i, pathOf(i, 'disk.vmdk'))));
    for (const one of got) expect(one).toMatchObject({ status: 200, bytes: BYTES, sum });
    // Of half a gigabyte that went out, and came in here.
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('comes from where it was cut', async () => {
    const path = pathOf(0, 'disk.vmdk');
    expect(await get(0, path, { range: `bytes=${BYTES - 10}-` })).toMatchObject({
      status: 206,
      bytes: 10,
      headers: { 'content-range': `bytes ${BYTES - 10}-${BYTES - 1}/${BYTES}` },
    });
    expect(await get(0, path, { range: `bytes=${BYTES}-` })).toMatchObject({ status: 416, bytes: 0 });
  });

  it('is with a seed of its own', async () => {
    const [one, other] = [await get(1, pathOf(1, 'seed.iso')), await get(2, pathOf(2, 'seed.iso'))];
    expect(one.status).toBe(200);
    expect(one.sum).not.toBe(other.sum);
  });

  it.each<[string, string, number]>([
    ['without a seal', '/guest/disk.vmdk', 0],
    ['with a wrong seal', `/guest/disk.vmdk?seal=${'0'.repeat(64)}`, 0],
    ['with the seal for another file', pathOf(0, 'disk.vmdk', 'seed.iso'), 0],
    ['with the seal of another registration', pathOf(0, 'disk.vmdk', 'disk.vmdk', nonceOf(99)), 0],
    [
      'with the seal of another enrolment',
      pathOf(0, 'disk.vmdk', 'disk.vmdk', nonceOf(0), 'f'.repeat(32)),
      0,
    ],
    ['with the seal of another laptop', pathOf(1, 'disk.vmdk'), 0],
    ['that is not offered', pathOf(0, 'enrol_key'), 0],
    ['elsewhere', pathOf(0, '..%2fdisk.vmdk'), 0],
    ['above', pathOf(0, '../../etc/passwd'), 0],
  ])('is nothing to a stranger: %s', async (_, path, i) => {
    expect(await get(i, path)).toMatchObject({ status: 404 });
  });

  it('is nothing before the teacher has agreed, nor after the page was closed', async () => {
    desk.addWord('word00000009');
    const says = guestSaying({ nonce: nonceOf(9), address: '192.0.2.30', name: 'pc-9' });
    desk.register(registering('word00000009', says), '192.0.2.30');
    const path = `/guest/disk.vmdk?seal=${sealOf(keyOf('word00000009'), fetchText(SESSION, nonceOf(9), 'disk.vmdk'))}`;
    expect(desk.offered(path, '192.0.2.30')).toBeUndefined();
    desk.approve({ number: 9, nonce: nonceOf(9) });
    expect(desk.offered(path, '192.0.2.30')?.name).toBe('disk.vmdk');
    expect(desk.offered(path, '192.0.2.31')).toBeUndefined();
    desk.ask(asking('word00000009', 1, 'failed', { nonce: nonceOf(9) }), '192.0.2.30');
    expect(desk.offered(path, '192.0.2.30')).toBeUndefined();
    desk.close();
    expect(await get(0, pathOf(0, 'disk.vmdk'))).toMatchObject({ status: 404 });
  });
});

describe('a range', () => {
  it.each([
    [undefined, { start: 0, end: 99 }],
    ['bytes=0-', { start: 0, end: 99 }],
    ['bytes=10-19', { start: 10, end: 19 }],
    ['bytes=10-1000', { start: 10, end: 99 }],
    ['bytes=100-', undefined],
    ['bytes=20-10', undefined],
    ['bytes=-5', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=0-', undefined],
    ['bytes=0x1-', undefined],
  ])('%s', (header, range) => {
    expect(rangeOf(header, 100)).toEqual(range);
  });
});
