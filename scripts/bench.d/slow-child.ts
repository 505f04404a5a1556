// What scripts/bench slow-child does; see there.
import { parseArgs } from 'node:util';
import { readBundle } from '../../src/bundle/read.js';
import { BenchLab, KIND } from './bench-lab.js';
import { byKmon } from './contenders.js';
import { beginOf, copiesTo, endOf, stageTable, stageTimes } from './event-times.js';
import type { Line, StageTime } from './event-times.js';
import { interruption } from './interruption.js';
import { removeKilledRuns } from './lab-folder.js';
import { slowDown } from './link-speed.js';
import { roundsOf, say } from './rounds.js';
import { lacking, lookAtCluster } from './seen.js';
import { spreadLines, spreadOf } from './spread.js';
import { watchedSince } from './watched.js';

const CHILDREN = 4;
/** Neither the first nor the last of a list. */
const SLOW = 'child-3';
const TENTH = 0.1;

/** When the last of the other children had come that far, in milliseconds since the run began. */
interface Others {
  readonly readyMs: number;
  readonly watchedMs: number;
  /** When kmon said that all are measured. */
  readonly toldMs: number;
  /** At which files came to the child that is made slow: bytes a second. */
  readonly speed: number;
}

interface Bench {
  readonly project: string;
  readonly bundle: string;
  readonly signal: AbortSignal;
}

/** A whole workshop in a new lab, with one child at so many bytes a second. */
function workshop({ project, bundle, signal }: Bench, bytesPerSecond: number | undefined): Promise<Others> {
  return BenchLab.with({ project, bundle, children: CHILDREN, signal }, async (lab) => {
    const slow = lab.children.find((m) => m.name === SLOW);
    if (slow === undefined) throw new Error(`the lab has no ${SLOW}`);
    if (bytesPerSecond !== undefined) await slowDown(lab, slow, bytesPerSecond);
    const { lines } = await byKmon(project, lab, signal);
    const seen = await lookAtCluster(lab);
    const faults = lacking(seen);
    if (faults.length > 0) throw new Error(`the workshop did not come up: ${faults.join(', ')}`);
    const times = stageTimes(lines);
    for (const line of stageTable(times)) say(`  ${line}`);
    const others = lab.children.filter((m) => m !== slow).map((m) => m.name);
    const watched = await watchedSince(lab, seen.release.namespace);
    return {
      readyMs: endOf(times, 'ready', others),
      watchedMs: Math.max(...others.map((name) => watched.get(name) ?? NaN)) - beginOf(lines),
      toldMs: endOf(times, 'measured', [lab.parent.name]),
      speed: await speedOf(lines, times, bundle),
    };
  });
}

/** Two copies go at a time, so the time of each says nothing. */
async function speedOf(lines: readonly Line[], times: readonly StageTime[], folder: string): Promise<number> {
  const { parts } = await readBundle(folder);
  const copying = times.find((t) => t.machine === SLOW && t.stage === 'tools');
  if (copying === undefined) throw new Error(`nothing was copied to ${SLOW}`);
  const bytes = copiesTo(SLOW, lines)
    .map((name) => parts.find((p) => p.name === name)?.sizeBytes ?? 0)
    .reduce((all, size) => all + size, 0);
  return (bytes / (copying.toMs - copying.fromMs)) * 1000;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string', default: '.' },
      bundle: { type: 'string', default: '' },
      runs: { type: 'string', default: '3' },
    },
  });
  const runs = roundsOf(values.runs);
  const bench = { ...values, signal: interruption() };
  await removeKilledRuns(bench.project, KIND);
  const rounds: { readonly without: Others; readonly withOne: Others }[] = [];
  for (let round = 1; round <= runs; round += 1) {
    say(`round ${round}: four children`);
    const without = await workshop(bench, undefined);
    const tenth = without.speed * TENTH;
    say(`round ${round}: four children, ${SLOW} at ${(tenth / 1e6).toFixed(1)} MB/s`);
    rounds.push({ without, withOne: await workshop(bench, tenth) });
  }
  const ratios = (of: (others: Others) => number) =>
    spreadOf(rounds.map(({ without, withOne }) => of(withOne) / of(without)));
  process.stdout.write(
    spreadLines([
      ['others Ready with a slow one / without', ratios((o) => o.readyMs)],
      ['others watched with a slow one / without', ratios((o) => o.watchedMs)],
      ['all told to be measured with a slow one / without', ratios((o) => o.toldMs)],
    ]),
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
