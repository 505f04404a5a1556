// What scripts/bench relay does; see there.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Lab } from '../../src/lab/lab.js';
import { MACHINE_LINK } from '../../src/lab/names.js';
import { tableText } from '../../src/ui/table.js';
import { asTheRoom, labsInternet } from '../../test/support/labs-internet.js';
import { KIND } from './bench-lab.js';
import { linesOf, stageTimes } from './event-times.js';
import { interruption } from './interruption.js';
import { removeKilledRuns, withLabFolder } from './lab-folder.js';
import { runProgram, succeeded } from './programs-run.js';
import { say } from './rounds.js';

interface Bench {
  readonly project: string;
  /** What `scripts/internet/build` made. */
  readonly internet: string;
  /** Of the line that all machines share. */
  readonly bytesPerSecond: number;
  readonly signal: AbortSignal;
}

interface Fetched {
  readonly children: number;
  readonly relay: boolean;
  /** Over the line, of everything: names, keys and the headers of packets too. */
  readonly bytes: number;
  /** Until the last machine had all of it. */
  readonly ms: number;
}

const BEYOND_ANY_RUN_MS = 3 * 3_600_000;

/** In a new lab, by a line that is slow. */
function fetchIn(bench: Bench, children: number, relay: boolean): Promise<Fetched> {
  const { project, internet, bytesPerSecond, signal } = bench;
  return withLabFolder(project, KIND, async (folder, name) => {
    const kmon = (...args: readonly string[]) =>
      succeeded(process.execPath, [join(project, 'bin/kmon.js'), ...args, '--name', name], {
        cwd: folder,
        signal,
      });
    const made = await kmon('lab', 'up', '--children', String(children), '--internet', internet, '--json');
    const lab = linesOf(made.stdout).find((line) => line['type'] === 'result')?.['data'] as Lab;
    const file = join(folder, 'kmon.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^relay: .*$/m, `relay: ${String(relay)}`));
    await kmon('lab', 'internet', '--slow', String(bytesPerSecond));
    const line = labsInternet(lab);
    const sent = (): number => Number(line.sh(`cat /sys/class/net/${MACHINE_LINK}/statistics/tx_bytes`));
    const { through, env } = asTheRoom(lab, line);
    const [program, ...args] = [...through, process.execPath, programOf(project)];
    const before = sent();
    // Nothing that an earlier run has kept.
    const ran = await runProgram(program, args, {
      cwd: folder,
      env: { ...env, HOME: folder, KMON_CACHE: join(folder, 'cache') },
      signal,
      limitMs: BEYOND_ANY_RUN_MS,
    });
    if (ran.exitCode !== 0)
      throw new Error(`it ended with ${ran.exitCode}:\n${ran.stdout.slice(-4000)}${ran.stderr}`);
    const bytes = sent() - before;
    const pulled = stageTimes(linesOf(ran.stdout)).filter((t) => t.stage === 'pull');
    if (pulled.length !== children + 1) throw new Error(`only ${pulled.length} machines have all of it`);
    return { children, relay, bytes, ms: Math.max(...pulled.map((t) => t.toMs)) };
  });
}

function programOf(project: string): string {
  return join(project, 'node_modules/.cache/kmon/fetch/main.js');
}

function table(all: readonly Fetched[], { bytesPerSecond }: Bench): string {
  const one = all.find((f) => f.relay && f.children === 1)?.bytes;
  return tableText(
    [
      { title: 'children', align: 'right' },
      { title: 'relay' },
      { title: 'MB over the line', align: 'right' },
      { title: 'of 1 child by relay', align: 'right' },
      { title: 'seconds', align: 'right' },
      { title: 'of those that the line needs', align: 'right' },
    ],
    all.map(({ children, relay, bytes, ms }) => [
      children,
      relay ? 'yes' : 'no',
      (bytes / 1e6).toFixed(1),
      one === undefined ? undefined : (bytes / one).toFixed(2),
      (ms / 1000).toFixed(1),
      (ms / 1000 / (bytes / bytesPerSecond)).toFixed(2),
    ]),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string', default: '.' },
      bundle: { type: 'string', default: '' },
      internet: { type: 'string', default: '' },
      children: { type: 'string', default: '1,4,8' },
      only: { type: 'string', default: 'with,without' },
      uplink: { type: 'string', default: '4' },
    },
  });
  const { project, internet } = values;
  const bench = {
    project,
    internet,
    bytesPerSecond: positive(values.uplink, 'uplink') * 1e6,
    signal: interruption(),
  };
  await removeKilledRuns(project, KIND);
  const all: Fetched[] = [];
  const ways = values.only.split(',');
  for (const children of values.children.split(',').map((n) => positive(n, 'children'))) {
    for (const relay of [true, false].filter((r) => ways.includes(r ? 'with' : 'without'))) {
      say(`${children} children, ${relay ? 'with' : 'without'} the relay, ${values.uplink} MB/s for all`);
      const fetched = await fetchIn(bench, children, relay);
      all.push(fetched);
      say(`  ${(fetched.bytes / 1e6).toFixed(1)} MB in ${(fetched.ms / 1000).toFixed(1)} s`);
    }
  }
  process.stdout.write(`${table(all, bench)}\n`);
}

function positive(text: string, name: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} takes numbers above 0, not '${text}'`);
  return number;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
