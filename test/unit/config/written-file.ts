import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { ReadConfig } from '../../../src/config/config.js';
import { loadConfig } from '../../../src/config/load.js';
import { KmonError } from '../../../src/errors/kmon-error.js';

/** A folder for a kmon.yaml, and a home with a key pair in it; new for every test of a file that calls `placeForEach`. */
export const place = { folder: '', home: '' };

/** To be called by each test file: files share a process, in which a module is there only once. */
export function placeForEach(): void {
  beforeEach(async () => {
    place.folder = await mkdtemp(join(tmpdir(), 'kmon-config-'));
    place.home = join(place.folder, 'home');
    await mkdir(join(place.home, '.ssh'), { recursive: true });
    await writeFile(join(place.home, '.ssh', 'id'), '-----BEGIN OPENSSH PRIVATE KEY-----\n', { mode: 0o600 });
    await writeFile(join(place.home, '.ssh', 'id.pub'), 'ssh-ed25519 AAAA teacher\n');
  });

  afterEach(async () => {
    await rm(place.folder, { recursive: true, force: true });
  });
}

/** The least that is accepted. */
export const ROOM = 'room: atelier-1\nparent: 192.168.1.10\n';

export async function load(yaml: string): Promise<ReadConfig> {
  await writeFile(join(place.folder, 'kmon.yaml'), yaml);
  return loadConfig(undefined, place.folder, place.home);
}

/** Every line of the message of a refused file. */
export async function mistakes(yaml: string): Promise<readonly string[]> {
  return load(yaml).then(
    () => ['(accepted)'],
    (error: unknown) => {
      if (!(error instanceof KmonError)) throw error;
      expect(error.code).toBe('config');
      expect(error.hint).toMatch(/^\S.*[^.]$/);
      return error.message.split('\n');
    },
  );
}
