// What scripts/test does once everything is installed; see there.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nameOf, removeWhatWasMade } from './clean-up.js';
import { Commands, Interrupted } from './command.js';
import { moreInotify } from './inotify.js';
import { runSuites } from './run-suites.js';
import { BY_NAME, SUITES, suitesNamed } from './suites.js';
import type { Suite } from './suites.js';
import { sum, summaryText } from './summary.js';
import type { SuiteEnd } from './summary.js';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143 } as const;

async function main(project: string, reaper: number, suites: readonly Suite[]): Promise<number> {
  // Temporary files of all tests go here, and everything that tests make elsewhere carries this folder's name.
  const work = mkdtempSync(join(tmpdir(), 'kmon-test.'));
  chmodSync(work, 0o711);
  process.env['TMPDIR'] = work;
  process.env['KMON_TEST_RUN'] = nameOf(work);

  const commands = new Commands();
  let stopped: keyof typeof EXIT_CODES | undefined;
  let ending: Promise<void> = Promise.resolve();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // What comes after the first changes nothing: there is tidying up to do.
      if (stopped !== undefined) return;
      stopped = name;
      ending = commands.interrupt();
    });
  }

  const cleanUp = (): Promise<void> => removeWhatWasMade({ project, work, reaper });
  const putInotifyBack = moreInotify();
  const ends: SuiteEnd[] = [];
  let more = 0;
  try {
    const inCi = process.env['CI'] === 'true';
    await runSuites(suites, { project, work, inCi, commands, ended: (end) => ends.push(end), cleanUp });
  } catch (error) {
    more = 1;
    process.stdout.write(`${error instanceof Interrupted ? error.message : textOf(error)}\n`);
  }
  await ending;
  await cleanUp();
  putInotifyBack();
  spawnSync('rm', ['-rf', '--one-file-system', work], { stdio: 'inherit' });
  process.stdout.write(summaryText(ends, more));
  if (stopped !== undefined) return EXIT_CODES[stopped];
  return sum(ends).failed + more > 0 ? 1 : 0;
}

/** Of a defect, with where it is. */
function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const { values, positionals } = parseArgs({
  options: { project: { type: 'string', default: '.' }, reaper: { type: 'string', default: '' } },
  allowPositionals: true,
});
try {
  const suites = suitesNamed(positionals);
  process.exitCode = await main(values.project, Number(values.reaper) || process.pid, suites);
} catch (error) {
  process.stderr.write(`test: ${error instanceof Error ? error.message : String(error)}\n`);
  process.stderr.write(`  fix: use: scripts/test [${[...SUITES, ...BY_NAME].join('] [')}]\n`);
  process.exitCode = 1;
}
