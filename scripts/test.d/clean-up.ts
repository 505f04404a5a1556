import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandsBelow, endDescendants } from './ending.js';
import { labsIn } from './labs-in.js';

export interface Traces {
  /** The folder of the project. */
  readonly project: string;
  /** The run's own folder: labs that lie in it, and users whose comment is its name, are the run's. */
  readonly work: string;
  /** The process that adopts what the children of this one leave behind. */
  readonly reaper: number;
}

/**
 * Removes what a run made, known by descent or by the run's name, never by a guess. Labs first, because their machines run below this
 * process and are to be ended by their engine.
 */
export async function removeWhatWasMade(traces: Traces): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) endLabs(traces);
  await endStrays(traces.reaper);
  if (isRoot) endUsers(nameOf(traces.work));
}

/** The name of a run: that of its folder. */
export function nameOf(work: string): string {
  return work.slice(work.lastIndexOf('/') + 1);
}

function endLabs({ project, work }: Traces): void {
  for (const engine of ['podman', 'docker']) {
    for (const lab of new Set([...labsOf(engine, 'container', work), ...labsOf(engine, 'network', work)])) {
      process.stdout.write(`left behind, removed now: lab ${lab}\n`);
      const args = [join(project, 'bin/kmon.js'), 'lab', 'down', '--name', lab, '--plain'];
      spawnSync(process.execPath, args, { cwd: work, stdio: 'inherit' });
    }
  }
}

function labsOf(engine: string, what: 'container' | 'network', work: string): readonly string[] {
  const all = what === 'container' ? ['--all'] : [];
  const ids = said(engine, [what, 'ls', '--quiet', ...all, '--filter', 'label=kmon.lab.dir'])
    .split('\n')
    .filter((id) => id !== '');
  return ids.length === 0 ? [] : labsIn(work, said(engine, [what, 'inspect', ...ids]));
}

/** What a program prints; nothing when it fails: without its daemon, or not installed at all, an engine has nothing. */
function said(program: string, args: readonly string[]): string {
  const ran = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
  return ran.status === 0 ? ran.stdout : '';
}

async function endStrays(reaper: number): Promise<void> {
  const except = [process.pid];
  for (const command of commandsBelow(reaper, except))
    process.stdout.write(`left behind, ended now: ${command}\n`);
  await endDescendants(reaper, except);
  // Without somebody who adopts, what is left is below this process itself.
  await endDescendants(process.pid);
}

function endUsers(run: string): void {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user = '', , , , comment] = line.split(':');
    if (user === '' || comment !== run) continue;
    process.stdout.write(`left behind, removed now: user ${user}\n`);
    rmSync(`/etc/sudoers.d/${user}`, { force: true });
    spawnSync('userdel', ['--remove', '--force', user], { stdio: 'ignore' });
  }
}
