import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder } from '../../../src/here/make-folder.js';

let place = '';
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'kmon-folder.'));
});
afterAll(() => {
  rmSync(place, { recursive: true });
});

it('makes all that is missing, several times at once too', async () => {
  const folder = join(place, 'a/b/c');
  await Promise.all([
    makeFolder(folder, 0o700),
    makeFolder(folder, 0o700),
    makeFolder(join(place, 'a/d'), 0o700),
  ]);
  for (const path of ['a', 'a/b', 'a/b/c', 'a/d'])
    expect(statSync(join(place, path)).mode & 0o7777, path).toBe(0o700);
  await makeFolder(folder);
});

it('ends with the reason where none can be made', async () => {
  writeFileSync(join(place, 'file'), '');
  await expect(makeFolder(join(place, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(place, 'file/below'))).rejects.toThrow();
  await expect(makeFolder('/proc/kmon/below')).rejects.toMatchObject({ code: 'ENOENT' });
});
