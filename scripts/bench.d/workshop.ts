// What scripts/bench workshop does; see there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readBundle } from '../../src/bundle/read.js';
import { fetchAnsible } from './ansible.js';
import { BenchLab, KIND } from './bench-lab.js';
import { byAnsible, byKmon, byShell } from './contenders.js';
import type { KmonRun, Run } from './contenders.js';
import { stageTable, stageTimes } from './event-times.js';
import { interruption } from './interruption.js';
import { removeKilledRuns } from './lab-folder.js';
import type { Pattern } from './kit.js';
import { roundsOf, say } from './rounds.js';
import { differences, lacking, lookAtCluster, lookAtMachines, workOf } from './seen.js';
import type { ClusterSeen, MachineSeen } from './seen.js';
import { spreadLines, spreadOf } from './spread.js';

const CHILDREN = 2;
const CONTENDERS = ['kmon', 'shell', 'ansible'] as const;
type Contender = (typeof CONTENDERS)[number];

interface Bench {
  readonly project: string;
  readonly bundle: string;
  readonly signal: AbortSignal;
}

interface Done<R extends Run> {
  readonly run: R;
  readonly before: readonly MachineSeen[];
  readonly seen: ClusterSeen;
}

interface Round {
  readonly kmon?: KmonRun;
  readonly shell?: Run;
  readonly ansible?: Run;
}

/** One contender on new machines, and what it made of them. @throws Error unless all are Ready and measured in the end */
function once<R extends Run>(
  bench: Bench,
  who: Contender,
  go: (lab: BenchLab) => Promise<R>,
): Promise<Done<R>> {
  return BenchLab.with({ ...bench, children: CHILDREN }, async (lab) => {
    const before = await lookAtMachines(lab);
    const run = await go(lab);
    say(`${who}: ${Math.round(run.wallMs / 1000)} s`);
    const seen = await lookAtCluster(lab);
    const faults = lacking(seen);
    if (faults.length > 0) throw new Error(`${who} did not bring the workshop up: ${faults.join(', ')}`);
    return { run, before, seen };
  });
}

/** What kmon does, seen in a run that does not count: it shows the others their work, and whatever is slow the first time is slow in it. */
async function patternOf(bench: Bench, file: string): Promise<Pattern> {
  if (file !== '' && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Pattern;
  say('kmon once, which does not count');
  const { before, seen } = await once(bench, 'kmon', (lab) => byKmon(bench.project, lab, bench.signal));
  const pattern = { seen, before };
  if (file !== '') writeFileSync(file, JSON.stringify(pattern));
  return pattern;
}

/** @throws Error when it left other work behind than the pattern has */
async function counted<R extends Run>(
  bench: Bench,
  pattern: Pattern,
  who: Contender,
  go: (lab: BenchLab) => Promise<R>,
): Promise<R> {
  const { run, before, seen } = await once(bench, who, go);
  const others = differences(workOf(pattern.seen, pattern.before), workOf(seen, before));
  if (others.length > 0) throw new Error(`${who} did other work:\n${others.join('\n')}`);
  return run;
}

async function roundOf(bench: Bench, pattern: Pattern, order: readonly Contender[]): Promise<Round> {
  const bundle = await readBundle(bench.bundle);
  const ansible = await fetchAnsible(say);
  let round: Round = {};
  for (const who of order) {
    const by = <R extends Run>(go: (lab: BenchLab) => Promise<R>): Promise<R> =>
      counted(bench, pattern, who, go);
    switch (who) {
      case 'kmon': {
        const kmon = await by((lab) => byKmon(bench.project, lab, bench.signal));
        for (const line of stageTable(stageTimes(kmon.lines))) say(`  ${line}`);
        round = { ...round, kmon };
        break;
      }
      case 'shell':
        round = { ...round, shell: await by((lab) => byShell({ ...bench, lab, bundle, pattern })) };
        break;
      case 'ansible':
        round = {
          ...round,
          ansible: await by((lab) => byAnsible({ ...bench, lab, bundle, pattern }, ansible)),
        };
        break;
    }
  }
  return round;
}

/** Nobody is always the first. */
function turn(all: readonly Contender[], round: number): readonly Contender[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

function resultText(rounds: readonly Round[]): string {
  const over = (who: 'shell' | 'ansible'): readonly number[] =>
    rounds.flatMap(({ kmon, [who]: other }) =>
      kmon === undefined || other === undefined ? [] : [kmon.wallMs / other.wallMs],
    );
  const rows = [
    ['kmon / shell', over('shell')],
    ['kmon / Ansible', over('ansible')],
    [
      "kmon's own processor time / its time",
      rounds.flatMap(({ kmon }) => (kmon === undefined ? [] : [kmon.cpuMs / kmon.wallMs])),
    ],
  ] as const;
  const measured = rows.filter(([, ratios]) => ratios.length > 0);
  return spreadLines(measured.map(([name, ratios]) => [name, spreadOf(ratios)] as const));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string', default: '.' },
      bundle: { type: 'string', default: '' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', default: CONTENDERS.join(',') },
      known: { type: 'string', default: '' },
    },
  });
  const runs = roundsOf(values.runs);
  const only = CONTENDERS.filter((who) => values.only.split(',').includes(who));
  if (only.length === 0) throw new Error(`--only takes some of ${CONTENDERS.join(', ')}`);
  const bench = { project: values.project, bundle: values.bundle, signal: interruption() };
  await removeKilledRuns(bench.project, KIND);
  const pattern = await patternOf(bench, values.known);
  const rounds: Round[] = [];
  for (let i = 0; i < runs; i += 1) {
    say(`round ${i + 1}`);
    rounds.push(await roundOf(bench, pattern, turn(only, i)));
  }
  process.stdout.write(resultText(rounds));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
