// The folder of a lab that a script makes for one run, and that goes with the run; also when that was killed.
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/here/is-alive.js';
import { output } from './programs-run.js';

/** Gives `work` a new folder and the name for a lab in it; lab and folder are removed however that ends. */
export async function withLabFolder<T>(
  project: string,
  kind: string,
  work: (folder: string, name: string) => Promise<T>,
): Promise<T> {
  const name = `${kind}-${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  try {
    return await work(folder, name);
  } finally {
    await remove(project, name, folder);
  }
}

/** Removes what runs of that kind have left that were killed. */
export async function removeKilledRuns(project: string, kind: string): Promise<void> {
  for (const entry of readdirSync(tmpdir())) {
    const [, name = '', found = '', pid = ''] = /^(([a-z]+)-(\d+))-/.exec(entry) ?? [];
    if (found !== kind || isAlive(Number(pid))) continue;
    await remove(project, name, join(tmpdir(), entry));
  }
}

/** Also after an interruption, hence without its signal. */
async function remove(project: string, name: string, folder: string): Promise<void> {
  try {
    await output(process.execPath, [join(project, 'bin/kmon.js'), 'lab', 'down', '--name', name, '--plain'], {
      cwd: folder,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
