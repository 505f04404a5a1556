// What scripts/bench monitoring does; see there.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseDocument } from 'yaml';
import { BenchLab, KIND } from './bench-lab.js';
import { byKmon } from './contenders.js';
import { endOf, stageTimes } from './event-times.js';
import { interruption } from './interruption.js';
import { removeKilledRuns } from './lab-folder.js';
import { memoryOf, memoryText, takenIn } from './memory.js';
import { output } from './programs-run.js';
import { roundsOf, say } from './rounds.js';

const WAYS = ['off', 'lite', 'stack'] as const;
type Way = (typeof WAYS)[number];
/** Until its first rules and answers are all there; what it keeps in memory grows for two hours, and by little. */
const SETTLE_MS = 60_000;

interface Bench {
  readonly project: string;
  readonly bundle: string;
  readonly chart: string;
  readonly children: number;
  readonly signal: AbortSignal;
}

/** One room in a new lab, and what is told of it. */
function measure(bench: Bench, way: Way): Promise<readonly string[]> {
  return BenchLab.with(bench, async (lab) => {
    await prepare(bench, lab, way);
    const by = (command: string) => byKmon(bench.project, lab, bench.signal, command);
    if (way === 'off') {
      const parent = await by('init-parent');
      const children = await by('join-child');
      const all = parent.wallMs + children.wallMs;
      return [`off: ${seconds(all)} s (init-parent ${seconds(parent.wallMs)} s, then join-child)`];
    }
    const { wallMs, lines } = await by('up');
    const readyMs = endOf(
      stageTimes(lines),
      'ready',
      lab.machines.map((m) => m.name),
    );
    await delay(SETTLE_MS, undefined, { signal: bench.signal });
    const memory = await memoryOf(lab);
    const { series, samplesASecond } = await takenIn(lab);
    return [
      `${way}: kmon up ${seconds(wallMs)} s, of them ${seconds(wallMs - readyMs)} s after every machine was Ready`,
      ...memoryText(memory).map((line) => `  ${line}`),
      `  Prometheus: ${series} series, ${Math.round(samplesASecond)} values a second`,
    ];
  });
}

async function prepare({ project, bundle, chart, signal }: Bench, lab: BenchLab, way: Way): Promise<void> {
  const made = join(lab.folder, 'bundle');
  await output(join(project, 'scripts/lib/stack-bundle'), [bundle, chart, made], { signal });
  const file = join(lab.folder, 'kmon.yaml');
  const document = parseDocument(readFileSync(file, 'utf8'));
  document.set('bundle', made);
  document.setIn(['monitoring', 'profile'], way === 'off' ? 'lite' : way);
  writeFileSync(file, document.toString());
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string', default: '.' },
      bundle: { type: 'string', default: '' },
      chart: { type: 'string', default: '' },
      children: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1' },
      only: { type: 'string', default: WAYS.join(',') },
    },
  });
  const { project, bundle } = values;
  const ways = WAYS.filter((way) => values.only.split(',').includes(way));
  if (ways.length === 0) throw new Error(`--only takes some of ${WAYS.join(', ')}`);
  const children = Number(values.children);
  if (!Number.isInteger(children) || children < 1)
    throw new Error(`--children takes a whole number from 1, not '${values.children}'`);
  const chart = values.chart === '' ? join(project, 'test/support/stack-stand-in') : values.chart;
  const bench = { project, bundle, chart, children, signal: interruption() };
  await removeKilledRuns(project, KIND);
  for (let round = 1; round <= roundsOf(values.runs); round += 1) {
    for (const way of ways) {
      say(`round ${round}: ${way}`);
      for (const line of await measure(bench, way)) process.stdout.write(`${line}\n`);
    }
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
