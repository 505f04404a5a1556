import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDir, ensureCredentials, removeLabFiles, writeLabFile } from '../../../src/lab/dir.js';
import { runProgram } from '../../../src/lab/process.js';
import { MARKER } from '../../../src/lab/room-file.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kmon-lab-dir-'));
});
afterEach(() => rm(dir, { recursive: true }));

const OURS = `${MARKER}\nroom: one\n`;

describe('claiming a folder', () => {
  it('makes it, and takes it again when it is the lab’s', async () => {
    const inner = join(dir, 'a', 'b');
    await claimDir(inner, 'one');
    await writeFile(join(inner, 'kmon.yaml'), OURS);
    await writeFile(join(inner, 'known_hosts'), '');
    await claimDir(inner, 'one');
    expect((await stat(inner)).isDirectory()).toBe(true);
  });

  it.each(['id_ed25519', 'id_ed25519.pub', 'known_hosts'])("leaves somebody's %s alone", async (name) => {
    await writeFile(join(dir, name), 'mine');
    await expect(claimDir(dir, 'one')).rejects.toMatchObject({ code: 'precondition' });
    expect(await readFile(join(dir, name), 'utf8')).toBe('mine');
  });

  it("leaves somebody's kmon.yaml alone", async () => {
    await writeFile(join(dir, 'kmon.yaml'), 'room: mine\n');
    await expect(claimDir(dir, 'one')).rejects.toThrow('was not written by kmon lab up');
  });

  it("leaves another lab's kmon.yaml alone", async () => {
    await writeFile(join(dir, 'kmon.yaml'), OURS);
    await expect(claimDir(dir, 'two')).rejects.toThrow('is of lab one, not of two');
  });

  it('goes on after an interrupted lab up', async () => {
    await ensureCredentials(dir, 'one', runProgram);
    await expect(claimDir(dir, 'one')).resolves.toBeUndefined();
  });
});

describe('the credentials', () => {
  it('are made once, readable for nobody else', async () => {
    const first = await ensureCredentials(dir, 'one', runProgram);
    expect(first.fresh).toBe(true);
    expect(first.publicKey).toMatch(/^ssh-ed25519 \S+ kmon-lab-one$/);
    expect(first.password.reveal()).toMatch(/^[\w-]{16}$/);
    for (const name of ['id_ed25519', 'sudo-password']) {
      expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
    }
    const second = await ensureCredentials(dir, 'one', runProgram);
    expect(second.fresh).toBe(false);
    expect([second.publicKey, second.password.reveal()]).toEqual([first.publicKey, first.password.reveal()]);
  });
});

describe('removing', () => {
  const fill = async (config: string | undefined): Promise<void> => {
    await ensureCredentials(dir, 'one', runProgram);
    await writeLabFile(join(dir, 'known_hosts'), 'k\n', 0o644);
    await mkdir(join(dir, '.kmon'));
    await writeFile(join(dir, 'notes'), '');
    if (config !== undefined) await writeFile(join(dir, 'kmon.yaml'), config);
  };

  it('takes what the lab wrote and its state, and nothing else', async () => {
    await fill(OURS);
    expect((await removeLabFiles(dir, 'one', false)).length).toBe(5);
    expect(await readdir(dir)).toEqual(['notes']);
    expect(await removeLabFiles(dir, 'one', true)).toEqual([]);
  });

  it("takes nothing beside another lab's or somebody's kmon.yaml", async () => {
    await fill('room: one\n');
    expect(await removeLabFiles(dir, 'one', true)).toEqual([]);
    await writeFile(join(dir, 'kmon.yaml'), OURS);
    expect(await removeLabFiles(dir, 'two', true)).toEqual([]);
    expect(await readdir(dir)).toContain('.kmon');
  });

  it('takes the start of a lab only where the lab itself said so', async () => {
    await fill(undefined);
    expect(await removeLabFiles(dir, 'one', false)).toEqual([]);
    expect((await removeLabFiles(dir, 'one', true)).length).toBe(4);
  });
});
