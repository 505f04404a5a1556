// `scripts/bench fanout`: makes machines, lets every client reach them in turn, and tells how they compare.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMachines } from './machines.mjs';
import { measure } from './measure.mjs';
import { runName } from './names.mjs';
import { removeLeftovers, removeRun } from './remove.mjs';
import { describe } from './report.mjs';
import { writeRoom } from './room.mjs';
import { Mistake, settings } from './settings.mjs';
import { show } from './show.mjs';

const say = (text) => process.stderr.write(`bench: ${text}\n`);

async function main() {
  const options = settings(process.argv.slice(2));
  if (options.needs) {
    if (options.from === undefined) process.stdout.write(`${options.only.join(',')}\n`);
    return;
  }
  const report =
    options.from === undefined ? await run(options) : JSON.parse(readFileSync(options.from, 'utf8'));
  process.stdout.write(show(report, options.show));
}

async function run({ sizes, rounds, only }) {
  const left = removeLeftovers();
  if (left > 0) say(`removed what ${left} killed run(s) had left`);
  // An exception, an exit and a signal all end here.
  process.on('exit', () => removeRun());
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])
    process.on(signal, () => process.exit(code));
  const measured = [];
  for (const count of sizes) {
    try {
      measured.push({ machines: count, runs: await runsOf(count, rounds, only) });
    } finally {
      // While a machine runs, so does this process.
      removeRun();
    }
  }
  return describe(measured, rounds);
}

async function runsOf(count, rounds, clients) {
  const folder = mkdtempSync(join(tmpdir(), `${runName()}-`));
  say(`${count} machines (${runName()})`);
  const room = writeRoom(folder, await startMachines(folder, count));
  const runs = Object.fromEntries(clients.map((name) => [name, []]));
  // Once before it counts: files come from memory then, and neighbours are known.
  for (const name of clients) await measure(name, room, count);
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of clients) {
      const one = await measure(name, room, count);
      runs[name].push(one);
      say(
        `${count} machines, round ${round}: ${name} ${one.wallMs} ms, ${one.cpuMs} ms CPU, ${one.memoryMb} MB`,
      );
    }
  }
  return runs;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Mistake ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = 1;
}
