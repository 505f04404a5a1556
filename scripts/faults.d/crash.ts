// What scripts/faults crash does; see there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CrashRoom } from '../../test/support/crash/crash-room.js';
import { cycle, inShort, lastWords } from '../../test/support/crash/cycle.js';
import type { Row, Shape } from '../../test/support/crash/cycle.js';
import { LANDING } from '../../test/support/crash/landing.js';
import { ROUNDS, chance, pointAt, round, stepsOf } from '../../test/support/crash/point.js';
import type { Blow, Moment, Point, TimedStep } from '../../test/support/crash/point.js';
import { faultsText, hasPassed, tableText } from '../../test/support/crash/table.js';

const LIMIT_MS = 600_000;
/** Steps that kmon is asked to stop in, or loses its network in: what takes long, and what must not be left half done. */
const LONG_MS = 1000;

const { values } = parseArgs({
  options: {
    project: { type: 'string', default: '.' },
    bundle: { type: 'string', default: '' },
    known: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    points: { type: 'string', default: '' },
    rounds: { type: 'string', default: String(ROUNDS) },
    random: { type: 'string', default: '4' },
    landing: { type: 'boolean', default: false },
    alone: { type: 'boolean', default: false },
    blows: { type: 'string', default: 'kill,ctrl-c,ctrl-c twice,cable' },
  },
});

interface Known {
  readonly steps: readonly TimedStep[];
  readonly shape: Shape;
  readonly upMs: number;
  readonly teardownMs: number;
}

const say = (text: string): void => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
};

/** The whole way once without a blow: which steps there are, how long they take, and what comes out. */
async function undisturbed(room: CrashRoom): Promise<Known> {
  say('the whole way without a blow');
  const up = await room.strike('up', []);
  const shape = await room.shape();
  const teardown = await room.strike('teardown', []);
  const changed = await room.notAsFound();
  if (up.exitCode !== 0 || teardown.exitCode !== 0 || changed.length > 0) {
    const words = [up, teardown].filter((run) => run.exitCode !== 0).map((run) => lastWords(run.lines));
    throw new Error(`it does not work without a blow either:\n${[...words, inShort(changed)].join('\n')}`);
  }
  const steps = [...stepsOf('up', up.lines), ...stepsOf('teardown', teardown.lines)];
  say(`${steps.length} steps; up ${up.ms} ms, teardown ${teardown.ms} ms`);
  return { steps, shape, upMs: up.ms, teardownMs: teardown.ms };
}

/** The same out of a file, when there is one; otherwise it is written there for the next time. */
async function knownOf(room: CrashRoom): Promise<Known> {
  const file = values.known;
  if (file !== '' && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Known;
  const known = await undisturbed(room);
  if (file !== '') writeFileSync(file, JSON.stringify(known));
  return known;
}

/** The cycles of a whole run, each a list of points. */
function plan({ steps }: Known, blows: readonly Blow[]): readonly (readonly Point[])[] {
  const wanted = new RegExp(values.points, 'i');
  const rounds = Array.from({ length: Number(values.rounds) }, (_, i) => i);
  const kills = blows.includes('kill') ? rounds.map((i) => round(steps, i)) : [];
  const others = blows.filter((blow) => blow !== 'kill');
  const long = steps.filter((step) => step.ms >= LONG_MS);
  const stops = others.map((blow, i) =>
    long.flatMap((step, k) =>
      k % others.length === i ? [pointAt(step, { afterMs: Math.round(step.ms / 2) }, blow)] : [],
    ),
  );
  const chains = [...kills, ...stops].map((points) =>
    points.filter((p) => wanted.test(`${p.command} ${p.name}`)),
  );
  return (values.alone ? chains.flatMap((chain) => inPairs(chain)) : chains).filter((c) => c.length > 0);
}

/** A blow on the way there and one on the way back, and no other. */
function inPairs(points: readonly Point[]): readonly (readonly Point[])[] {
  const [ups, downs] = (['up', 'teardown'] as const).map((c) => points.filter((p) => p.command === c));
  const length = Math.max(ups?.length ?? 0, downs?.length ?? 0);
  return Array.from({ length }, (_, i) => [ups?.[i], downs?.[i]].filter((p) => p !== undefined));
}

function moments({ upMs, teardownMs }: Known): readonly Moment[] {
  const random = chance(Number(values.seed));
  return Array.from({ length: Number(values.random) }, (_, i) =>
    i % 2 === 0
      ? { command: 'up', atMs: Math.round(random() * upMs) }
      : { command: 'teardown', atMs: Math.round(random() * teardownMs) },
  );
}

function sayMissed(points: readonly Point[]): void {
  for (const point of points) say(`never came: ${point.command} ${point.name}`);
}

async function work(room: CrashRoom, rows: Row[]): Promise<void> {
  if (values.landing) {
    const wanted = new RegExp(values.points, 'i');
    const points = LANDING.filter((point) => wanted.test(`${point.command} ${point.name}`));
    sayMissed(await cycle({ room, rows, points, shape: undefined, say }));
    return;
  }
  const known = await knownOf(room);
  const { shape } = known;
  const blows = values.blows.split(',') as Blow[];
  const go = (points: readonly Point[], at: readonly Moment[] = []): Promise<readonly Point[]> =>
    cycle({ room, rows, points, moments: at, shape, say });
  const missed: Point[] = [];
  for (const points of plan(known, blows)) missed.push(...(await go(points)));
  // The blow before had them done already, or kmon was beyond them.
  for (const points of inPairs(missed)) sayMissed(await go(points));
  const random = moments(known);
  for (let i = 0; i < random.length; i += 2) await go([], random.slice(i, i + 2));
}

const rows: Row[] = [];
const began = performance.now();
const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    interrupt.abort(new Error(`stopped by ${name}`));
  });
const room = await CrashRoom.open({
  project: values.project,
  bundle: values.bundle,
  lab: `crash-${process.pid}`,
  limitMs: LIMIT_MS,
  signal: interrupt.signal,
});
let broke: Error | undefined;
try {
  await work(room, rows);
} catch (error) {
  broke = error instanceof Error ? error : new Error(String(error));
} finally {
  await room.close();
}
const failed = rows.filter((row) => !hasPassed(row)).length + (broke === undefined ? 0 : 1);
if (rows.length > 0) process.stdout.write(`${tableText(rows)}\n\n`);
if (failed > 0) process.stdout.write(`${faultsText(rows)}\n`);
if (broke !== undefined) process.stdout.write(`${broke.stack ?? broke.message}\n`);
process.stdout.write(`seed ${values.seed}, ${Math.round((performance.now() - began) / 1000)} s\n`);
process.stdout.write(`${rows.filter(hasPassed).length} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
