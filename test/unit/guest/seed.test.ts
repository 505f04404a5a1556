import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { isoImage } from '../../../src/guest/iso-image.js';
import { guestSeed, seedFiles } from '../../../src/guest/seed.js';

const KEY = `ssh-ed25519 ${'A'.repeat(68)} kmon of room 1`;
const folder = mkdtempSync(join(tmpdir(), 'kmon-seed-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Programs of others that read such an image; each unpacks it into a folder. */
const READERS: readonly (readonly [string, (image: string, to: string) => readonly string[]])[] = [
  ['bsdtar', (image, to) => ['-xf', image, '-C', to]],
  ['xorriso', (image, to) => ['-osirrox', 'on', '-indev', image, '-extract', '/', to]],
  ['7z', (image, to) => ['x', '-y', `-o${to}`, image]],
];
const there = READERS.filter(([program]) => spawnSync(program, ['--version']).error === undefined);

/** An image as `program` unpacks it. */
function unpacked(
  image: Buffer,
  [program, args]: (typeof READERS)[number],
): Readonly<Record<string, string>> {
  const file = join(folder, 'image.iso');
  const to = mkdtempSync(join(folder, 'read-'));
  writeFileSync(file, image);
  execFileSync(program, args(file, to), { stdio: 'pipe' });
  return Object.fromEntries(
    readdirSync(to)
      .sort()
      .map((name) => [name, readFileSync(join(to, name), 'latin1')]),
  );
}

describe('the image of a seed', () => {
  it.skipIf(there.length === 0)('is read by others as it was written', () => {
    const seed = { hostname: 'laptop-12', authorizedKeys: [KEY] };
    const sizes = [0, 1, 2047, 2048, 2049, 70_000];
    const odd = isoImage(
      'x',
      sizes.map((size, i) => ({ name: 'n'.repeat(i + 1), content: Buffer.alloc(size, 'a') })),
    );
    for (const reader of there) {
      expect(unpacked(guestSeed(seed), reader), reader[0]).toEqual(seedFiles(seed));
      expect(
        Object.values(unpacked(odd, reader)).map((text) => text.length),
        reader[0],
      ).toEqual(sizes);
    }
  });

  it('has the label that cloud-init looks for, whole sectors, and the same bytes each time', () => {
    const image = guestSeed({ hostname: 'a', authorizedKeys: [KEY] });
    const again = guestSeed({ hostname: 'a', authorizedKeys: [KEY] });
    expect(image.subarray(0x8001, 0x8006).toString()).toBe('CD001');
    expect(image.subarray(0x8028, 0x8048).toString()).toBe('cidata'.padEnd(32));
    expect(image.length % 2048).toBe(0);
    expect(image.readUInt32LE(0x8050) * 2048).toBe(image.length);
    expect(again.equals(image)).toBe(true);
  });

  it.each(['', 'a b', 'a/b', '../a', 'a'.repeat(65), 'é'])('refuses the name %j of a file', (name) => {
    expect(() => isoImage('x', [{ name, content: Buffer.alloc(0) }])).toThrow(RangeError);
  });

  it('refuses more than its one sector of folder holds, and a volume without a name', () => {
    const files = Array.from({ length: 40 }, (_, i) => ({ name: `f${i}`, content: Buffer.alloc(1) }));
    expect(() => isoImage('x', files)).toThrow('40 files are too many');
    expect(() => isoImage('', [])).toThrow(RangeError);
  });
});

describe('a seed', () => {
  it('lets root in by these keys and nobody by anything else', () => {
    const files = seedFiles({ hostname: 'laptop-12', authorizedKeys: [KEY, KEY.replace('1', '2')] });
    expect(files['user-data'].startsWith('#cloud-config\n')).toBe(true);
    expect(parse(files['user-data'])).toEqual({
      hostname: 'laptop-12',
      manage_etc_hosts: 'localhost',
      users: [{ name: 'root', ssh_authorized_keys: [KEY, KEY.replace('1', '2')] }],
      disable_root: false,
      ssh_pwauth: false,
      growpart: { mode: 'auto', devices: ['/'] },
      resize_rootfs: true,
      package_update: false,
      package_upgrade: false,
    });
    expect(parse(files['meta-data'])).toEqual({
      'instance-id': expect.stringMatching(/^kmon-[0-9a-f]{16}$/) as unknown,
      'local-hostname': 'laptop-12',
    });
  });

  it('is another instance where it says something else', () => {
    const metas = [
      { hostname: 'a', authorizedKeys: [KEY] },
      { hostname: 'b', authorizedKeys: [KEY] },
      { hostname: 'a', authorizedKeys: [`${KEY}x`] },
    ].map((seed) => seedFiles(seed)['meta-data']);
    expect(new Set(metas).size).toBe(3);
  });

  it.each([
    '',
    'A',
    'a.b',
    '-a',
    'a\n',
    "a'b",
    'a b',
    'é',
    'a'.repeat(64),
    'localhost',
    'kmon-parent',
    '$(id)',
  ])('refuses %j for a name', (hostname) => {
    expect(() => seedFiles({ hostname, authorizedKeys: [KEY] })).toThrow('cannot be the name of a guest');
  });

  it.each([
    '',
    'ssh-ed25519',
    `${KEY}\n`,
    `${KEY}\nssh-ed25519 ${'B'.repeat(68)}`,
    `command="id" ${KEY}`,
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    `ssh-ed25519 ${'A'.repeat(68)} a\u0000b`,
  ])('refuses %j for a key', (key) => {
    expect(() => seedFiles({ hostname: 'a', authorizedKeys: [KEY, key] })).toThrow('this is no public key');
  });

  it('needs a key', () => {
    expect(() => guestSeed({ hostname: 'a', authorizedKeys: [] })).toThrow('lets nobody in');
  });

  it.each([': #', '{{ x }}', "it's", '"', '- a', '!!str', '&a *a', '% é'])(
    'keeps the comment %j of a key',
    (comment) => {
      const key = `ssh-rsa ${'A'.repeat(300)} ${comment}`;
      expect(parse(seedFiles({ hostname: 'a', authorizedKeys: [key] })['user-data'])).toMatchObject({
        users: [{ name: 'root', ssh_authorized_keys: [key] }],
      });
    },
  );
});
