// Who makes the workshop, each as a whole process that ends when all nodes are Ready and measured.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '../../src/bundle/bundle.js';
import type { Ansible } from './ansible.js';
import type { BenchLab } from './bench-lab.js';
import { linesOf } from './event-times.js';
import type { Line } from './event-times.js';
import { writeKit } from './kit.js';
import type { Pattern } from './kit.js';
import { output, runProgram, succeeded } from './programs-run.js';

export interface Run {
  readonly wallMs: number;
}

export interface KmonRun extends Run {
  /** Of the process on this computer: user and system. */
  readonly cpuMs: number;
  readonly lines: readonly Line[];
}

const LANGUAGE = 'C.UTF-8';

/** @throws Error when it did not come to its end */
export async function byKmon(
  project: string,
  lab: BenchLab,
  signal: AbortSignal,
  command = 'up',
): Promise<KmonRun> {
  const usage = join(lab.folder, 'usage');
  const argv = [
    '-q',
    '-o',
    usage,
    '-f',
    '%U %S',
    process.execPath,
    join(project, 'bin/kmon.js'),
    command,
    '--json',
  ];
  const ran = await runProgram('time', argv, { cwd: lab.folder, env: environment(lab.folder), signal });
  const lines = linesOf(ran.stdout);
  if (ran.exitCode !== 0) throw new Error(`kmon ${command} ended with ${ran.exitCode}:\n${lastWords(lines)}`);
  const [user = 0, system = 0] = readFileSync(usage, 'utf8').trim().split(' ').map(Number);
  return { wallMs: ran.wallMs, cpuMs: (user + system) * 1000, lines };
}

function lastWords(lines: readonly Line[]): string {
  return lines
    .filter((line) => ['set-aside', 'error', 'report'].includes(String(line['type'])))
    .map((line) => JSON.stringify(line))
    .join('\n');
}

export interface OtherWay {
  readonly project: string;
  readonly lab: BenchLab;
  readonly bundle: Bundle;
  readonly pattern: Pattern;
  readonly signal: AbortSignal;
}

export async function byShell(o: OtherWay): Promise<Run> {
  const kit = await kitOf(o);
  return connected(o, kit, () =>
    succeeded('bash', [join(o.project, 'scripts/bench.d/workshop/shell.sh'), kit], {
      env: environment(kit),
      signal: o.signal,
    }),
  );
}

export async function byAnsible(o: OtherWay, ansible: Ansible): Promise<Run> {
  const kit = await kitOf(o);
  const [program, ...args] = ansible.argv;
  const files = join(o.project, 'scripts/bench.d/workshop');
  const env = {
    ...environment(kit),
    ...ansible.env,
    ANSIBLE_CONFIG: join(files, 'ansible.cfg'),
    ANSIBLE_SSH_ARGS: `-F ${kit}/ssh_config`,
    ANSIBLE_HOME: join(kit, 'ansible'),
  };
  return connected(o, kit, () =>
    succeeded(program, [...args, '-i', join(kit, 'inventory.json'), join(files, 'playbook.yml')], {
      env,
      signal: o.signal,
    }),
  );
}

/** What has to be ready before the lesson is no part of it. */
async function kitOf({ lab, bundle, pattern }: OtherWay): Promise<string> {
  const kit = join(lab.folder, 'kit');
  mkdirSync(kit);
  writeKit(kit, lab, bundle, pattern);
  for (const { name } of lab.machines) {
    const folder = join(kit, 'machines', name);
    await output('tar', ['-c', '--owner=0', '--group=0', '-f', `${folder}.tar`, '-C', folder, 'etc']);
  }
  return kit;
}

/** Its connections stay for the next command; with the run they go. */
async function connected(o: OtherWay, kit: string, work: () => Promise<Run>): Promise<Run> {
  try {
    return await work();
  } finally {
    for (const { name, address } of o.lab.machines)
      for (const host of [name, address])
        await runProgram('ssh', ['-F', join(kit, 'ssh_config'), '-O', 'exit', host]).catch(() => undefined);
  }
}

function environment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LANG: LANGUAGE, LC_ALL: LANGUAGE, HOME: home };
}
