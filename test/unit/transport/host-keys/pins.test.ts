import { createHmac } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  knownHostsReader,
  pinHostKey,
  readKnownHosts,
  repinHostKeys,
} from '../../../../src/transport/host-keys/pins.js';
import { kmonErrorOf } from '../../../support/expect-error.js';

const KEY = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from('rest')]);
const line = (name: string): string => `${name} ssh-ed25519 ${KEY.toString('base64')}\n`;

describe('pins', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kmon-pins-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('make file and folder for the owner alone', async () => {
    const file = join(dir, 'state/known_hosts');
    await pinHostKey(file, 'pc-1', 22, KEY);
    await pinHostKey(file, 'pc-2', 2222, KEY);
    expect(readFileSync(file, 'utf8')).toBe(line('pc-1') + line('[pc-2]:2222'));
    expect([statSync(file).mode & 0o777, statSync(join(dir, 'state')).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it('take the place of those that a machine had before, and of no other machine', async () => {
    const file = join(dir, 'state/known_hosts');
    const old = Buffer.concat([KEY, Buffer.from('old')]);
    await pinHostKey(file, '192.0.2.1', 22, old);
    await pinHostKey(file, '192.0.2.11', 22, KEY);
    await pinHostKey(file, '192.0.2.1', 2222, KEY);
    writeFileSync(file, readFileSync(file, 'utf8').trimEnd());
    await repinHostKeys(file, '192.0.2.1', 22, [KEY, old]);
    const other = `192.0.2.1 ssh-ed25519 ${old.toString('base64')}\n`;
    expect(readFileSync(file, 'utf8')).toBe(
      line('192.0.2.11') + line('[192.0.2.1]:2222') + line('192.0.2.1') + other,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await repinHostKeys(join(dir, 'new'), 'pc-1', 22, [KEY]);
    expect(readFileSync(join(dir, 'new'), 'utf8')).toBe(line('pc-1'));
  });

  it('take the place of every line about a machine, and leave what is revoked, remarks, and other machines', async () => {
    const file = join(dir, 'known_hosts');
    const old = Buffer.concat([KEY, Buffer.from('old')]);
    const key = `ssh-ed25519 ${old.toString('base64')}`;
    const salt = Buffer.from('salt');
    const hash = createHmac('sha1', salt).update('192.0.2.1').digest('base64');
    const kept = [
      '# by hand',
      `@revoked 192.0.2.1 ${key}`,
      `@cert-authority 192.0.2.1 ${key}`,
      `pc-2,192.0.2.2 ${key}`,
    ];
    const replaced = [
      `pc-1,192.0.2.1 ${key}`,
      `192.0.2.1\t${key.replace(' ', '\t')}`,
      `  192.0.2.1  ${key} remark`,
      `192.0.2.1 ${key}\r`,
      `|1|${salt.toString('base64')}|${hash} ${key}`,
    ];
    writeFileSync(file, [...kept, ...replaced, ''].join('\n'));
    for (let times = 0; times < 2; times++) {
      await repinHostKeys(file, '192.0.2.1', 22, [KEY]);
      expect(readFileSync(file, 'utf8')).toBe([...kept, line('192.0.2.1')].join('\n'));
    }
  });

  const little = (text: string): Buffer => Buffer.from(text, 'utf16le');
  const MARK = Buffer.from([0xff, 0xfe]);
  it.each([
    [
      'UTF-16 behind UTF-8, as >> of PowerShell 5 leaves it',
      [Buffer.from(line('a')), little(line('b') + line('c'))],
    ],
    [
      'the same with an odd number of letters before it',
      [Buffer.from(`#\n${line('a')}`), little(line('b') + line('c'))],
    ],
    ['UTF-16 with its mark', [MARK, little(line('a') + line('b') + line('c'))]],
    ['UTF-8 behind UTF-16', [MARK, little(line('a')), Buffer.from(line('b') + line('c'))]],
    ['UTF-8 with its mark', [Buffer.from(`\uFEFF${line('a')}${line('b')}${line('c')}`)]],
  ])('are all read: %s', async (_what, parts) => {
    const file = join(dir, 'known_hosts');
    writeFileSync(file, Buffer.concat(parts));
    await pinHostKey(file, 'd', 22, KEY);
    const known = await readKnownHosts([file]);
    expect(known).toHaveLength(4);
    expect(known.map((k) => JSON.stringify(k)).filter((k) => /"[abcd]"/.test(k))).toHaveLength(4);
  });

  it('are read once for machines that are dialled together, and anew a second later or when one was added', async () => {
    const file = join(dir, 'known_hosts');
    let now = 0;
    const reader = knownHostsReader(() => now);
    const count = async (): Promise<number> => (await reader.read([file])).length;
    expect(await count()).toBe(0);
    writeFileSync(file, line('one'));
    now = 999;
    expect(await count()).toBe(0);
    now = 1000;
    expect(await count()).toBe(1);
    await pinHostKey(file, 'two', 22, KEY);
    expect(await count()).toBe(1);
    reader.forget();
    expect(await count()).toBe(2);
    expect(await reader.read([file, join(dir, 'other')])).toHaveLength(2);
  });

  it('begin a line of their own in a file that was edited by hand', async () => {
    const file = join(dir, 'known_hosts');
    writeFileSync(file, line('mine').trimEnd());
    await pinHostKey(file, 'pc-1', 22, KEY);
    expect(readFileSync(file, 'utf8')).toBe(line('mine') + line('pc-1'));
  });

  it('of a whole room at once are all there', async () => {
    const file = join(dir, 'known_hosts');
    const names = Array.from({ length: 40 }, (_, i) => `pc-${i}`);
    await Promise.all(names.map((name) => pinHostKey(file, name, 22, KEY)));
    const found = readFileSync(file, 'utf8').trim().split('\n');
    expect(found.toSorted()).toEqual(names.map((name) => line(name).trim()).toSorted());
  });

  it('are read from every file that is there', async () => {
    const [one, two] = [join(dir, 'one'), join(dir, 'two')];
    writeFileSync(one, line('a'));
    writeFileSync(two, `# remark\n${line('b')}`);
    const known = await readKnownHosts([one, join(dir, 'missing'), join(one, 'below-a-file'), two, one]);
    expect(known.map(({ file, line: at }) => [file, at])).toEqual([
      [one, 1],
      [two, 2],
    ]);
  });

  it('tell a file that cannot be read', async () => {
    mkdirSync(join(dir, 'folder'));
    chmodSync(join(dir, 'folder'), 0o700);
    expect(await kmonErrorOf(readKnownHosts([join(dir, 'folder')]))).toMatchObject({
      code: 'config',
      message: `the file of known hosts ${join(dir, 'folder')} cannot be read`,
    });
  });
});
