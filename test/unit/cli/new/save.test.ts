import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readExisting, saveRoom } from '../../../../src/cli/new/save.js';
import { configSchemaText } from '../../../../src/config/schema.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kmon-save-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));
const file = (): string => join(dir, 'kmon.yaml');

describe('saving a room', () => {
  it('writes the file and the schema that it names, and nothing else', async () => {
    await saveRoom(file(), 'room: r\n', false);
    expect(await readFile(file(), 'utf8')).toBe('room: r\n');
    expect(await readFile(join(dir, '.kmon/kmon.schema.json'), 'utf8')).toBe(configSchemaText());
    expect((await stat(join(dir, '.kmon'))).mode & 0o777).toBe(0o700);
    expect((await readdir(dir, { recursive: true })).toSorted()).toEqual([
      '.kmon',
      '.kmon/kmon.schema.json',
      'kmon.yaml',
    ]);
  });

  it('makes the folder', async () => {
    await saveRoom(join(dir, 'a/b/kmon.yaml'), 'room: r\n', false);
    expect(await readExisting(join(dir, 'a/b/kmon.yaml'))).toBe('room: r\n');
  });

  it('keeps a file that came into being meanwhile', async () => {
    await writeFile(file(), 'room: mine\n');
    await expect(saveRoom(file(), 'room: r\n', false)).rejects.toMatchObject({ code: 'config' });
    expect(await readFile(file(), 'utf8')).toBe('room: mine\n');
    expect(await readdir(dir)).toEqual(['.kmon', 'kmon.yaml']);
  });

  it('replaces with the same mode, and through a link', async () => {
    await mkdir(join(dir, 'real'));
    await writeFile(join(dir, 'real/room.yaml'), 'room: mine\n');
    await chmod(join(dir, 'real/room.yaml'), 0o640);
    await symlink('real/room.yaml', file());
    await saveRoom(file(), 'room: r\n', true);
    expect((await lstat(file())).isSymbolicLink()).toBe(true);
    expect(await readFile(join(dir, 'real/room.yaml'), 'utf8')).toBe('room: r\n');
    expect((await stat(file())).mode & 0o777).toBe(0o640);
  });

  it('says what is in the way', async () => {
    expect(await readExisting(file())).toBeUndefined();
    await mkdir(file());
    await expect(readExisting(file())).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('EISDIR') as string,
    });
    await writeFile(join(dir, 'f'), '');
    await expect(saveRoom(join(dir, 'f/kmon.yaml'), 'x', false)).rejects.toMatchObject({ code: 'config' });
  });
});
