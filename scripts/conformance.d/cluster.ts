// A cluster that kmon made, of machines of a lab that is new and goes when the work is done.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { readBundle } from '../../src/bundle/read.js';
import type { Lab } from '../../src/lab/lab.js';
import { linesOf } from '../bench.d/event-times.js';
import { output, runProgram } from '../bench.d/programs-run.js';
import type { Ran } from '../bench.d/programs-run.js';

export interface ClusterOptions {
  /** The folder of the project. */
  readonly project: string;
  readonly bundle: string;
  readonly children: number;
  /** The pod network, as kmon.yaml names it. */
  readonly network: string;
  /** Ends what runs just now; the lab is removed all the same. */
  readonly signal: AbortSignal;
}

export interface Cluster {
  /** Such as `v1.36.3`. */
  readonly kubernetes: string;
  readonly folder: string;
  readonly kubeconfig: string;
  /** The containers that its machines are. */
  readonly containers: readonly string[];
  readonly engine: string;
}

const NAME = `conformance-${process.pid}`;

/** Makes the cluster, gives it to `work`, and removes it however that ends. */
export async function withCluster<T>(o: ClusterOptions, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `${NAME}-`));
  try {
    return await work(await make(o, folder));
  } finally {
    await remove(o.project, NAME, folder);
  }
}

async function make(o: ClusterOptions, folder: string): Promise<Cluster> {
  const bundle = await readBundle(o.bundle);
  const made = await kmon(o, folder, [
    'lab',
    'up',
    '--children',
    String(o.children),
    '--name',
    NAME,
    '--bundle',
    o.bundle,
  ]);
  const lab = linesOf(made.stdout).find((line) => line['type'] === 'result')?.['data'] as Lab | undefined;
  if (lab === undefined) throw new Error(`there is no lab:\n${made.stdout}${made.stderr}`);
  writeNetwork(lab.configFile, o.network);
  await kmon(o, folder, ['up']);
  return {
    kubernetes: bundle.kubernetes,
    folder,
    kubeconfig: join(folder, '.kmon/kubeconfig'),
    containers: lab.machines.map((m) => m.container),
    engine: lab.engine,
  };
}

function writeNetwork(file: string, network: string): void {
  const settings = parseDocument(readFileSync(file, 'utf8'));
  settings.setIn(['kubernetes', 'network'], network);
  writeFileSync(file, settings.toString());
}

/** Removes what a run that was killed has left. */
export async function removeLeftovers(project: string): Promise<void> {
  for (const entry of readdirSync(tmpdir())) {
    const [, name = '', pid = ''] = /^(conformance-(\d+))-/.exec(entry) ?? [];
    if (name === '' || isAlive(Number(pid))) continue;
    await remove(project, name, join(tmpdir(), entry));
  }
}

async function kmon({ project, signal }: ClusterOptions, cwd: string, args: readonly string[]): Promise<Ran> {
  const ran = await runProgram(process.execPath, [join(project, 'bin/kmon.js'), ...args, '--json'], {
    cwd,
    signal,
  });
  if (ran.exitCode === 0) return ran;
  const told = linesOf(ran.stdout).filter((line) =>
    ['set-aside', 'error', 'report'].includes(String(line['type'])),
  );
  throw new Error(
    `kmon ${args.slice(0, 2).join(' ')} ended with ${ran.exitCode}:\n${told.map((line) => JSON.stringify(line)).join('\n')}${ran.stderr}`,
  );
}

/** Also after an interruption, hence without the signal. */
async function remove(project: string, name: string, folder: string): Promise<void> {
  try {
    await output(process.execPath, [join(project, 'bin/kmon.js'), 'lab', 'down', '--name', name, '--plain'], {
      cwd: folder,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
