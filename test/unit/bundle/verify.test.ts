import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readBundle } from '../../../src/bundle/read.js';
import { verifyBundle } from '../../../src/bundle/verify.js';
import { LIST, part, place, writeList, placeForEach } from './bundle-on-disk.js';

placeForEach();

async function verify(signal: AbortSignal = new AbortController().signal): Promise<void> {
  await verifyBundle(await readBundle(place.folder), place.memory, signal);
}

const remembered = async (): Promise<Record<string, string>> =>
  JSON.parse(await readFile(place.memory, 'utf8')) as Record<string, string>;

it('accepts a whole bundle and remembers it, readable by nobody else', async () => {
  await verify();
  expect(Object.keys(await remembered())).toHaveLength(3);
  expect((await stat(place.memory)).mode & 0o777).toBe(0o600);
});

it('names every part that is missing or differs', async () => {
  await rm(join(place.folder, 'bin/kubeadm'));
  await writeFile(join(place.folder, 'bin/helm'), 'longer than it was before\n');
  await writeFile(join(place.folder, 'images/node.tar.gz'), 'IMAGES of this test\n');
  await expect(verify()).rejects.toMatchObject({
    code: 'precondition',
    message:
      'the bundle lab is damaged: bin/kubeadm is missing or has another size; ' +
      'bin/helm is missing or has another size; images/node.tar.gz has another checksum',
  });
});

it('takes no folder for a file', async () => {
  await mkdir(join(place.folder, 'bin/folder'));
  const { size } = await stat(join(place.folder, 'bin/folder'));
  await writeList({ ...LIST, parts: [part('bin/folder', { size })] });
  await expect(verify()).rejects.toMatchObject({
    message: expect.stringContaining('bin/folder is missing') as string,
  });
});

it('does not read again what it has proven', async () => {
  await verify();
  // What is remembered counts: a remembered stamp of a wrong sum would be believed.
  const file = join(place.folder, 'bin/helm');
  const seen = (await remembered())[file] ?? '';
  const other = '0'.repeat(64);
  await writeList({ ...LIST, parts: [part('bin/helm', { sha256: other })] });
  await writeFile(place.memory, JSON.stringify({ [file]: seen.replace(/^\S+/, other) }));
  await expect(verify()).resolves.toBeUndefined();
});

it('reads again when the list has another checksum', async () => {
  await verify();
  await writeList({ ...LIST, parts: [part('bin/helm', { sha256: '0'.repeat(64) })] });
  await expect(verify()).rejects.toMatchObject({
    message: expect.stringContaining('bin/helm has another checksum') as string,
  });
});

it('reads again when a file was changed, even if its time was set back', async () => {
  const file = join(place.folder, 'bin/helm');
  await utimes(file, 1_000_000_000, 1_000_000_000);
  await verify();
  const before = await stat(file);
  await writeFile(file, 'HELM of this test\n');
  await utimes(file, 1_000_000_000, 1_000_000_000);
  const { ino, size, mtimeMs } = await stat(file);
  expect({ ino, size, mtimeMs }).toEqual({ ino: before.ino, size: before.size, mtimeMs: before.mtimeMs });
  await expect(verify()).rejects.toMatchObject({
    message: expect.stringContaining('bin/helm has another checksum') as string,
  });
  expect(Object.keys(await remembered())).not.toContain(file);
});

it.each(['', 'null', '[]', '{"a', '{"a": 7}'])('takes a memory of %j for nothing', async (memory) => {
  await mkdir(dirname(place.memory));
  await writeFile(place.memory, memory);
  await verify();
  expect(Object.keys(await remembered())).toHaveLength(3);
});

it('stops when it is told to', async () => {
  await expect(verify(AbortSignal.abort())).rejects.toMatchObject({ code: 'interrupted' });
  await expect(readFile(place.memory)).rejects.toMatchObject({ code: 'ENOENT' });
});
