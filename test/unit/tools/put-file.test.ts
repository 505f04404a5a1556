import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checksums, parseChecksums } from '../../../src/tools/checksum.js';
import { putFile } from '../../../src/tools/put-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmon-put-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What becomes of an OpenSSL on a machine: the usual one, one that refuses, and none. */
const MACHINES = {
  'with OpenSSL': '#!/bin/sh\necho "$(sha256sum "$4" | cut -c 1-64) *$4"',
  'with an OpenSSL that does not work': '#!/bin/sh\nexit 1',
  'without OpenSSL': undefined,
};

/** A folder of programs that comes before the PATH. */
function pathWith(openssl: string | undefined): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const real = ['cat', 'chmod', 'cut', 'gzip', 'mkdir', 'mv', 'rm', 'sh', 'sha256sum', 'sync'];
  for (const name of real)
    execFileSync('ln', [
      '-s',
      execFileSync('sh', ['-c', `command -v ${name}`])
        .toString()
        .trim(),
      bin,
    ]);
  if (openssl !== undefined) {
    writeFileSync(join(bin, 'openssl'), openssl);
    chmodSync(join(bin, 'openssl'), 0o755);
  }
  return bin;
}

describe.each(Object.entries(MACHINES))('a machine %s', (_, openssl) => {
  const run = (script: string, input: string | Buffer = '') =>
    spawnSync('sh', ['-c', script], { input, env: { PATH: pathWith(openssl) }, encoding: 'utf8' });
  const put = (sent: string, sha256: string) => {
    const path = join(folder, 'a/b');
    return run(putFile({ path, content: sent, sha256, mode: '755', timeoutMs: 1 }).script, sent);
  };

  it('takes a file whose checksum is right, with its mode and the folders above it', () => {
    expect(put('text', sumOf('text'))).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(folder, 'a/b'), 'utf8')).toBe('text');
    expect(statSync(join(folder, 'a/b')).mode & 0o777).toBe(0o755);
  });

  it('unpacks while it arrives, and refuses what did not arrive whole', () => {
    const path = join(folder, 'a/b');
    const put = putFile({
      path,
      content: '',
      packed: true,
      sha256: sumOf('text'),
      mode: '755',
      timeoutMs: 1,
    });
    const packed = gzipSync('text');
    expect(run(put.script, packed)).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(path, 'utf8')).toBe('text');
    rmSync(join(folder, 'bin'), { recursive: true });
    rmSync(path);
    const cut = run(put.script, packed.subarray(0, -3));
    expect(cut).toMatchObject({ status: 1, stderr: expect.stringContaining('unexpected end') as string });
    expect(readdirSync(join(folder, 'a'))).toEqual([]);
  });

  it('refuses one that did not arrive whole, and keeps nothing of it', () => {
    expect(put('tex', sumOf('text'))).toMatchObject({ status: 1, stderr: 'the copy did not arrive whole\n' });
    expect(existsSync(join(folder, 'a/b'))).toBe(false);
    expect(existsSync(join(folder, 'a/.b.kmon-new'))).toBe(false);
  });

  it('tells the checksums of what is there', () => {
    const path = join(folder, 'there');
    writeFileSync(path, 'text');
    const said = run(checksums([path]).script);
    expect(said).toMatchObject({ status: 0, stderr: '' });
    expect(parseChecksums(said.stdout).get(path)).toBe(sumOf('text'));
  });
});

it('tells the checksums of those that are there beside those that are not', () => {
  const there = join(folder, 'there');
  writeFileSync(there, 'text');
  const { status, stdout } = spawnSync('sh', ['-c', checksums([join(folder, 'not'), there]).script], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect([...parseChecksums(stdout)].filter(([path]) => path !== '')).toEqual([[there, sumOf('text')]]);
});
