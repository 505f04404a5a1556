import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPasswordFile, readPrivateFile } from '../../../src/transport/private-file.js';
import { kmonErrorOf } from '../../support/expect-error.js';

describe('private files', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kmon-private-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  const file = (text: string, mode: number): string => {
    const path = join(dir, 'secret');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  it.each([0o600, 0o400, 0o700])('of mode %o are read', async (mode) => {
    expect((await readPrivateFile(file('x', mode), 'ssh key')).toString()).toBe('x');
  });

  it.each([
    [0o644, '0644'],
    [0o640, '0640'],
    [0o604, '0604'],
    [0o620, '0620'],
    [0o601, '0601'],
  ])('of mode %o are refused', async (mode, shown) => {
    const path = file('x', mode);
    expect(await kmonErrorOf(readPrivateFile(path, 'sudo password file'))).toMatchObject({
      code: 'config',
      message: `the sudo password file ${path} is open to other users (mode ${shown})`,
      hint: `chmod 600 ${path}`,
    });
  });

  it('with a password may come from any editor or shell', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('pässwörd\r\n', 'utf16le')]);
    const path = file('', 0o600);
    for (const bytes of [utf16, Buffer.from('\uFEFFpässwörd\r\n'), Buffer.from('pässwörd', 'latin1')]) {
      writeFileSync(path, bytes);
      expect((await readPasswordFile(path, 'password file')).reveal()).toBe('pässwörd');
    }
  });

  it('that are missing, or none, are told', async () => {
    expect((await kmonErrorOf(readPrivateFile(join(dir, 'no'), 'ssh key'))).message).toBe(
      `the ssh key ${join(dir, 'no')} does not exist`,
    );
    expect((await kmonErrorOf(readPrivateFile(dir, 'ssh key'))).message).toBe(
      `the ssh key ${dir} is not a file`,
    );
    expect((await kmonErrorOf(readPrivateFile(join(file('x', 0o600), 'y'), 'ssh key'))).message).toMatch(
      /cannot be read$/,
    );
  });

  it.each([
    ['secret\n', 'secret'],
    ['secret', 'secret'],
    ['secret\r\nsecond line', 'secret'],
    ['  blanks count ', '  blanks count '],
  ])('hold a password on their first line: %j', async (text, password) => {
    expect((await readPasswordFile(file(text, 0o600), 'password file')).reveal()).toBe(password);
  });

  it.each(['', '\n', '\nsecond'])('without a password are told: %j', async (text) => {
    expect((await kmonErrorOf(readPasswordFile(file(text, 0o600), 'password file'))).message).toMatch(
      /is empty$/,
    );
  });
});
