// Ansible as its makers publish it, in a folder of its own: nothing of this computer's is used or changed.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { output } from './programs-run.js';

const VERSION = '2.18.6';

export interface Ansible {
  readonly version: string;
  /** What begins a run of ansible-playbook. */
  readonly argv: readonly [program: string, ...args: string[]];
  readonly env: NodeJS.ProcessEnv;
}

/** Fetched once by pip, with what it needs, into kmon's cache. @throws Error when pip cannot */
export async function fetchAnsible(say: (text: string) => void): Promise<Ansible> {
  const cache = process.env['KMON_CACHE'] ?? join(homedir(), '.cache/kmon');
  const folder = join(cache, 'ansible', VERSION);
  if (!existsSync(folder)) {
    say(`ansible-core ${VERSION} is fetched`);
    const half = `${folder}.${process.pid}`;
    mkdirSync(join(cache, 'ansible'), { recursive: true });
    try {
      await output('python3', [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--target',
        half,
        `ansible-core==${VERSION}`,
      ]);
      renameSync(half, folder);
    } finally {
      rmSync(half, { recursive: true, force: true });
    }
  }
  return {
    version: VERSION,
    argv: ['python3', join(folder, 'bin/ansible-playbook')],
    env: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
  };
}
