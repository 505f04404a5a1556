// What `scripts/bench fanout` does; see there: makes machines, lets every client reach them in turn, and tells how they compare.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMachines } from './machines.js';
import type { ClientName } from './clients.js';
import { measure } from './measure.js';
import type { Measured } from './measure.js';
import { runName } from './names.js';
import { removeLeftovers, removeRun } from './remove.js';
import { describe } from './report.js';
import type { MeasuredSize, Report, Runs } from './report.js';
import { writeRoom } from './room.js';
import { Mistake, settings } from './settings.js';
import type { Settings } from './settings.js';
import { show } from './show.js';

const say = (text: string): void => {
  process.stderr.write(`bench: ${text}\n`);
};

async function main(): Promise<void> {
  const options = settings(process.argv.slice(2));
  if (options.needs) {
    if (options.from === undefined) process.stdout.write(`${options.only.join(',')}\n`);
    return;
  }
  const report =
    options.from === undefined
      ? await run(options)
      : (JSON.parse(readFileSync(options.from, 'utf8')) as Report);
  process.stdout.write(show(report, options.show));
}

async function run({ sizes, rounds, only, project }: Settings): Promise<Report> {
  const left = removeLeftovers();
  if (left > 0) say(`removed what ${left} killed run(s) had left`);
  // An exception, an exit and a signal all end here.
  process.on('exit', () => {
    removeRun();
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.on(signal, () => process.exit(code));
  const measured: MeasuredSize[] = [];
  for (const count of sizes) {
    try {
      measured.push({ machines: count, runs: await runsOf(count, rounds, only, project) });
    } finally {
      // While a machine runs, so does this process.
      removeRun();
    }
  }
  return describe(measured, rounds);
}

async function runsOf(
  count: number,
  rounds: number,
  clients: readonly ClientName[],
  project: string,
): Promise<Runs> {
  const folder = mkdtempSync(join(tmpdir(), `${runName()}-`));
  say(`${count} machines (${runName()})`);
  const room = writeRoom(folder, await startMachines(folder, count));
  const runs: Partial<Record<ClientName, Measured[]>> = {};
  // Once before it counts: files come from memory then, and neighbours are known.
  for (const name of clients) await measure(name, room, count, project);
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of clients) {
      const one = await measure(name, room, count, project);
      (runs[name] ??= []).push(one);
      say(
        `${count} machines, round ${round}: ${name} ${one.wallMs} ms, ${one.cpuMs} ms CPU, ${one.memoryMb} MB`,
      );
    }
  }
  return runs;
}

/** Of a defect, with where it is. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof Mistake ? error.message : (error.stack ?? error.message);
}

try {
  await main();
} catch (error) {
  say(textOf(error));
  process.exitCode = 1;
}
