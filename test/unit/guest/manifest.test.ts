import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findGuestImages, guestCache, readGuestManifest } from '../../../src/guest/manifest.js';

const FILE = { name: 'guest.qcow2', format: 'qcow2', bytes: 5, sha256: 'a'.repeat(64) } as const;
const GOOD = {
  architecture: 'amd64',
  files: [FILE, { ...FILE, name: 'guest.vmdk', format: 'vmdk' }],
} as const;

it('reads what is written', () => {
  expect(readGuestManifest(JSON.stringify(GOOD))).toEqual(GOOD);
});

it.each<readonly [string, string, string]>([
  ['nothing', '', 'no JSON'],
  ['half of one', JSON.stringify(GOOD).slice(0, 40), 'no JSON'],
  ['no file', JSON.stringify({ ...GOOD, files: [] }), 'files'],
  ['another architecture', JSON.stringify({ ...GOOD, architecture: 'riscv64' }), 'architecture'],
  ['a key that is none', JSON.stringify({ ...GOOD, extra: 1 }), 'extra'],
  ['two of a name', JSON.stringify({ ...GOOD, files: [FILE, { ...FILE, format: 'vdi' }] }), 'same name'],
  ['two of a format', JSON.stringify({ ...GOOD, files: [FILE, { ...FILE, name: 'b' }] }), 'same format'],
  ...['', '.', '..', '../x', '/etc/passwd', 'a/b', 'a\\b', '-a', "a'b", 'a b', 'a\n'].map(
    (name) =>
      [
        `the name ${JSON.stringify(name)}`,
        JSON.stringify({ ...GOOD, files: [{ ...FILE, name }] }),
        'files.0.name',
      ] as const,
  ),
  ...[0, -1, 1.5, '5'].map(
    (bytes) =>
      [
        `${JSON.stringify(bytes)} bytes`,
        JSON.stringify({ ...GOOD, files: [{ ...FILE, bytes }] }),
        'files.0.bytes',
      ] as const,
  ),
  ...['', 'A'.repeat(64), 'a'.repeat(63)].map(
    (sha256) =>
      [
        `the checksum ${sha256}`,
        JSON.stringify({ ...GOOD, files: [{ ...FILE, sha256 }] }),
        'files.0.sha256',
      ] as const,
  ),
])('refuses %s', (_, text, why) => {
  expect(() => readGuestManifest(text)).toThrow(why);
});

it('lies where what can be made again lies', () => {
  expect(guestCache({ KMON_CACHE: join('/', 'c') })).toBe(join('/', 'c', 'guest'));
});

const folder = mkdtempSync(join(tmpdir(), 'kmon-guest-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('finds what is whole, and leaves out what is not', async () => {
  for (const [name, text] of [
    ['b', JSON.stringify(GOOD)],
    ['a', JSON.stringify({ ...GOOD, architecture: 'arm64' })],
    ['cut', '{'],
    ['build-1', undefined],
  ] as const) {
    mkdirSync(join(folder, name));
    if (text !== undefined) writeFileSync(join(folder, name, 'guest.json'), text);
  }
  expect(await findGuestImages(folder)).toEqual([
    { folder: join(folder, 'a'), manifest: { ...GOOD, architecture: 'arm64' } },
    { folder: join(folder, 'b'), manifest: GOOD },
  ]);
  expect(await findGuestImages(join(folder, 'none'))).toEqual([]);
});
