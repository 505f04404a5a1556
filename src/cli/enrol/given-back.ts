import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadConfig } from '../../config/config.js';
import { makeFolder } from '../../here/make-folder.js';
import type { Machine } from '../../room/machine.js';
import { kmonKeyFile } from './kmon-key.js';

/**
 * Which enrolled machines were given back: kmon's key went with the rest, so that nobody can ask them any more, and a second teardown would take each
 * for one that refuses kmon. Beside kmon.yaml, where they still stand for the next lesson.
 */
const FILE = 'given-back.json';

type Known = Pick<ReadConfig, 'stateDir' | 'logins'>;

/** Of these machines, those that were enrolled and are given back. */
export async function givenBack(config: Known, machines: readonly Machine[]): Promise<readonly Machine[]> {
  const names = await read(config.stateDir);
  return enrolled(config, machines).filter((m) => names.includes(m.name));
}

/** Notes those that are as found by now, as far as they were enrolled. */
export async function noteGivenBack(config: Known, machines: readonly Machine[]): Promise<void> {
  const names = enrolled(config, machines).map((m) => m.name);
  if (names.length > 0) await keep(config.stateDir, [...(await read(config.stateDir)), ...names]);
}

/** It has kmon's key again. */
export async function hasComeAgain(stateDir: string, machine: string): Promise<void> {
  const names = await read(stateDir);
  if (names.includes(machine))
    await keep(
      stateDir,
      names.filter((name) => name !== machine),
    );
}

/** Somebody may have written another login since: then it is a machine like any other. A guest keeps the key, which came by its seed. */
function enrolled({ stateDir, logins }: Known, machines: readonly Machine[]): readonly Machine[] {
  return machines.filter((m) => m.guest !== true && logins[m.name]?.keyFile === kmonKeyFile(stateDir));
}

async function read(stateDir: string): Promise<readonly string[]> {
  const text = await readFile(join(stateDir, FILE), 'utf8').catch(() => '[]');
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    // A note that is damaged says nothing: the machines are asked.
    return [];
  }
}

async function keep(stateDir: string, names: readonly string[]): Promise<void> {
  await makeFolder(stateDir, 0o700);
  await writeFile(join(stateDir, FILE), `${JSON.stringify([...new Set(names)])}\n`, { mode: 0o600 });
}
