import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guestDisks } from '../../../../src/cli/enrol/guest-disks.js';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'kmon-disks-'));
});
afterEach(() => {
  rmSync(cache, { recursive: true });
});

function image(key: string, architecture: string, formats: readonly string[], at: number, bytes = 4): void {
  const folder = join(cache, 'guest', key);
  mkdirSync(folder, { recursive: true });
  const files = formats.map((format) => ({ name: `d.${format}`, format, bytes, sha256: 'a'.repeat(64) }));
  for (const { name } of files) writeFileSync(join(folder, name), 'disk');
  writeFileSync(join(folder, 'guest.json'), JSON.stringify({ architecture, files }));
  utimesSync(join(folder, 'guest.json'), at, at);
}

const found = async (): Promise<readonly string[]> =>
  [...(await guestDisks({ KMON_CACHE: cache }))].map(
    ([architecture, { from }]) => `${architecture} ${String(from).slice(cache.length)}`,
  );

describe('the disks that laptops make guests of', () => {
  it('are none where no image was made', async () => {
    expect(await found()).toEqual([]);
  });

  it('are the newest for each processor, in what VirtualBox opens', async () => {
    image('a', 'amd64', ['qcow2', 'vmdk'], 2000);
    image('b', 'amd64', ['vdi', 'vmdk'], 1000);
    image('c', 'arm64', ['vdi'], 1000);
    image('d', 'arm64', ['qcow2'], 3000);
    expect((await found()).toSorted()).toEqual(['amd64 /guest/a/d.vmdk', 'arm64 /guest/c/d.vdi']);
  });

  it('are whole', async () => {
    image('a', 'amd64', ['vmdk'], 1000, 5);
    expect(await found()).toEqual([]);
  });
});
