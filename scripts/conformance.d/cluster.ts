// A cluster that kmon made, of machines of a lab that is new and goes when the work is done.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { readBundle } from '../../src/bundle/read.js';
import type { Lab } from '../../src/lab/lab.js';
import { linesOf } from '../bench.d/event-times.js';
import { withLabFolder } from '../bench.d/lab-folder.js';
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

/** What folder and lab are called, for who clears away what a killed run has left. */
export const KIND = 'conformance';

/** Makes the cluster, gives it to `work`, and removes it however that ends. */
export function withCluster<T>(o: ClusterOptions, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  return withLabFolder(o.project, KIND, async (folder, name) => work(await make(o, folder, name)));
}

async function make(o: ClusterOptions, folder: string, name: string): Promise<Cluster> {
  const bundle = await readBundle(o.bundle);
  const up = ['lab', 'up', '--children', String(o.children), '--name', name, ...(await parts(o))];
  const made = await kmon(o, folder, up);
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

/**
 * Where the cluster's parts come from: the bundle, which has no image of a pod network. Flannel, by its stand-in, comes from the lab's Internet,
 * which is made of the same bundle.
 */
async function parts({ project, bundle, network, signal }: ClusterOptions): Promise<readonly string[]> {
  if (network !== 'flannel') return ['--bundle', bundle];
  const told = await output(join(project, 'scripts/internet/build'), [bundle], { signal });
  return ['--internet', told.trim().split('\n').at(-1) ?? ''];
}

function writeNetwork(file: string, network: string): void {
  const settings = parseDocument(readFileSync(file, 'utf8'));
  settings.setIn(['kubernetes', 'network'], network);
  writeFileSync(file, settings.toString());
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
