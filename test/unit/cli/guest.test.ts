import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import { guestSeed } from '../../../src/guest/seed.js';
import { FakeIo } from './fake-io.js';

const folder = mkdtempSync(join(tmpdir(), 'kmon-guest-command-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const KEY = `ssh-ed25519 ${'A'.repeat(68)} me`;
writeFileSync(join(folder, 'me.pub'), `# mine\n\n${KEY}\n`);

async function run(...words: readonly string[]): Promise<{ readonly code: number; readonly io: FakeIo }> {
  const io = new FakeIo(folder);
  return { code: await runProgram(['guest', ...words], io), io };
}

describe('kmon guest seed', () => {
  it('writes the CD of a guest, once', async () => {
    const { code, io } = await run('seed', 'laptop-1', '--key', 'me.pub');
    expect([code, io.out.raw]).toEqual([0, 'the seed of laptop-1 is there: laptop-1-seed.iso\n']);
    const written = readFileSync(join(folder, 'laptop-1-seed.iso'));
    expect(written.equals(guestSeed({ hostname: 'laptop-1', authorizedKeys: [KEY] }))).toBe(true);
    const again = await run('seed', 'laptop-1', '--key', 'me.pub');
    expect([again.code, again.io.err.raw]).toEqual([
      22,
      expect.stringContaining('laptop-1-seed.iso is there already'),
    ]);
  });

  it.each([
    ['no such file', ['a', '--key', 'none.pub'], 'there is no public key in none.pub'],
    ['a name that is none', ['A b', '--key', 'me.pub'], '"A b" cannot be the name of a guest'],
    ['a way out of the folder for a name', ['../a', '--key', 'me.pub'], 'cannot be the name of a guest'],
  ])('refuses %s, and writes nothing', async (_, words, why) => {
    const { code, io } = await run('seed', ...words);
    expect(code).not.toBe(0);
    expect(io.err.raw).toContain(why);
  });
});

describe('kmon guest image', () => {
  it.each([
    [['--arch', 'riscv64'], 'give one of amd64, arm64.'],
    [['--format', 'iso'], 'give one of qcow2, vmdk, vdi.'],
    [['--bundle', 'nowhere'], 'there is no bundle in'],
  ])('refuses %j before it looks at anything', async (words, why) => {
    const { code, io } = await run('image', ...words);
    expect(code).not.toBe(0);
    expect(io.err.raw).toContain(why);
  });
});
