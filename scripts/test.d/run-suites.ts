import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Commands } from './command.js';
import { Interrupted } from './command.js';
import { failuresOf } from './failures.js';
import { shellScripts } from './shell-scripts.js';
import { NEED_ROOT, deadlineOf, labsMayBegin } from './suites.js';
import type { Suite } from './suites.js';
import { sum } from './summary.js';
import type { SuiteEnd } from './summary.js';
import { tallyOf } from './tally.js';
import type { Tally } from './tally.js';

export interface SuitesOptions {
  /** The folder of the project, which is this process's own too. */
  readonly project: string;
  /** A folder for reports and for what is said later. */
  readonly work: string;
  readonly inCi: boolean;
  readonly commands: Commands;
  /** Gets each suite that has ended. */
  readonly ended: (end: SuiteEnd) => void;
  /** After a suite, unless something of another still runs. */
  readonly cleanUp: () => Promise<void>;
}

/** A part of vitest.config.ts. */
type Project = 'unit' | 'room' | 'room-labs' | 'room-alone' | 'cluster' | 'windows';

/** The labs of `room`, which wait for timers of minutes, while other suites run. */
interface Labs {
  readonly deadlineMs: number;
  /** What they came to; they do not fail as a promise. */
  readonly exitCode: Promise<number | Interrupted>;
  readonly said: string;
}

const BIN = 'node_modules/.bin';
/** What is known from the last time. */
const KNOWN = 'node_modules/.cache/kmon';
/** Where it is another one than that of its name. */
const SET_UP: Partial<Record<Suite, readonly (readonly string[])[]>> = {
  cluster: [['scripts/setup', 'cluster', 'tests', 'stack']],
  newest: [
    ['scripts/setup', 'unit'],
    ['scripts/package', '--node'],
  ],
};
const NONE: Tally = { passed: 0, failed: 0 };
const FAILED: Tally = { passed: 0, failed: 1 };

/**
 * Runs suites one after the other, each with its set-up. Where `room` comes later and nothing is in the way, its labs begin at once.
 *
 * @throws Interrupted when the commands were.
 */
export async function runSuites(suites: readonly Suite[], o: SuitesOptions): Promise<void> {
  const run = new SuitesRun(o);
  if (labsMayBegin(suites)) await run.beginLabs();
  for (const suite of suites) await run.suite(suite);
}

class SuitesRun {
  readonly #o: SuitesOptions;
  #labs: Labs | undefined;
  #deadlineMs = 0;
  /** Of the suite that runs. */
  #failures: string[] = [];

  constructor(o: SuitesOptions) {
    this.#o = o;
  }

  /** What the labs say comes when it is room's turn. So does a set-up that fails: it is tried again then. */
  async beginLabs(): Promise<void> {
    if (!isRoot()) return;
    this.#deadlineMs = this.#deadlineOf('room');
    if ((await this.#setUp('room')) === undefined) return;
    this.#labs = this.#startLabs();
  }

  async suite(suite: Suite): Promise<void> {
    const began = performance.now();
    process.stdout.write(`\n== ${suite}\n`);
    this.#deadlineMs =
      suite === 'room' && this.#labs !== undefined ? this.#labs.deadlineMs : this.#deadlineOf(suite);
    this.#failures = [];
    const tally = await this.#whole(suite);
    const failures = this.#failures;
    this.#o.ended({ suite, ...tally, failures, seconds: Math.round((performance.now() - began) / 1000) });
    // What descends from this run may be the labs'.
    if (this.#labs === undefined) await this.#o.cleanUp();
  }

  async #whole(suite: Suite): Promise<Tally> {
    if (NEED_ROOT.includes(suite) && !isRoot()) {
      process.stdout.write(
        `${suite} could not run: it starts real servers and makes users, networks or containers, which root may do: sudo scripts/test ${suite}\n`,
      );
      return FAILED;
    }
    const printed = suite === 'room' && this.#labs !== undefined ? [] : await this.#setUp(suite);
    if (printed === undefined) {
      process.stdout.write(`${suite} could not run: its set-up failed\n`);
      return FAILED;
    }
    switch (suite) {
      case 'lint':
        return this.#lint();
      case 'types':
        return this.#types();
      case 'unit':
        return this.#vitest('unit');
      case 'room':
        return this.#room();
      case 'cluster':
        return this.#vitest('cluster', { KMON_BUNDLE: printed.at(-2), KMON_TESTS: printed.at(-1) });
      case 'windows':
        return this.#vitest('windows', { KMON_WINDOWS: printed.at(-1) });
      case 'newest':
        return this.#unitOn(`${printed.at(-1) ?? ''}/bin`);
    }
  }

  /** The lines that the set-up prints: for cluster the last ones are the folders of the bundle and of Kubernetes' own tests, for windows and newest that of their Node.js. Undefined: it failed. */
  async #setUp(suite: Suite): Promise<readonly string[] | undefined> {
    const file = join(this.#o.work, `set-up-${suite}`);
    const into = { file, what: 'stdout' } as const;
    for (const command of SET_UP[suite] ?? [['scripts/setup', suite]])
      if ((await this.#run(command, { into })) !== 0) return undefined;
    return readFileSync(file, 'utf8').trim().split('\n');
  }

  async #lint(): Promise<Tally> {
    const scripts = shellScripts(this.#o.project, ['scripts', 'templates', '.ci']);
    return sum([
      await this.#check('oxlint', [`${BIN}/oxlint`, '--deny-warnings', '.']),
      await this.#check('prettier', this.#prettier()),
      await this.#check(`shellcheck (${scripts.length} scripts)`, [
        'shellcheck',
        '--external-sources',
        ...scripts,
      ]),
    ]);
  }

  /** Only files that have changed since the last time: how one is written depends on no other. That is not so for oxlint, which knows types. */
  #prettier(): readonly string[] {
    const known = ['--cache', '--cache-strategy', 'content', '--cache-location', `${KNOWN}/prettier`];
    return [`${BIN}/prettier`, '--check', '--log-level', 'warn', ...known, '.'];
  }

  /** Only what has changed since the last time, and what depends on it, is looked at. */
  #types(): Promise<Tally> {
    const known = ['--incremental', '--tsBuildInfoFile', `${KNOWN}/types.tsbuildinfo`];
    const tsc = [`${BIN}/tsc`, '-p', 'tsconfig.json', '--noEmit', ...known];
    return this.#check('tsc', tsc);
  }

  /** The rest of it runs beside the labs, which mostly wait; what needs all that a computer has comes when both have ended. */
  async #room(): Promise<Tally> {
    const labs = this.#labs ?? this.#startLabs();
    this.#labs = labs;
    const rest = await this.#vitest('room');
    process.stdout.write('its labs began before; this is what they say when all have ended:\n');
    const exitCode = await labs.exitCode;
    this.#labs = undefined;
    process.stdout.write(readFileSync(labs.said, 'utf8'));
    if (exitCode instanceof Interrupted) throw exitCode;
    return sum([rest, this.#count('room-labs', exitCode), await this.#vitest('room-alone')]);
  }

  #startLabs(): Labs {
    const said = join(this.#o.work, 'labs');
    const exitCode = this.#o.commands
      .run(this.#vitestCommand('room-labs'), {
        deadlineMs: this.#deadlineMs,
        into: { file: said, what: 'all' },
      })
      .catch((error: unknown) => {
        if (error instanceof Interrupted) return error;
        throw error;
      });
    return { deadlineMs: this.#deadlineMs, exitCode, said };
  }

  /** A check that passes or fails as a whole. */
  async #check(title: string, command: readonly string[]): Promise<Tally> {
    const began = performance.now();
    const passed = (await this.#run(command)) === 0;
    if (!passed) this.#failures.push(title);
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(`${passed ? 'passed' : 'FAILED'}  ${title} (${seconds} s)\n`);
    return passed ? { ...NONE, passed: 1 } : FAILED;
  }

  async #vitest(project: Project, env: NodeJS.ProcessEnv = {}): Promise<Tally> {
    return this.#count(project, await this.#run(this.#vitestCommand(project), { env }));
  }

  /** The unit tests, by the Node.js in a folder. */
  async #unitOn(folder: string): Promise<Tally> {
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    return this.#count('unit', await this.#run(this.#vitestCommand('unit'), { env }));
  }

  #vitestCommand(project: Project): readonly string[] {
    return [
      ...[`${BIN}/vitest`, 'run', '--project', project],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${this.#reportOf(project)}`],
    ];
  }

  #count(project: Project, exitCode: number): Tally {
    const report = textOf(this.#reportOf(project));
    const failures = failuresOf(report, this.#o.project);
    this.#failures.push(...failures);
    if (exitCode !== 0 && failures.length === 0)
      this.#failures.push(`${project}: not one of its tests, but something beside them: it is told above`);
    const { passed, failed, skipped } = tallyOf({
      report,
      exitCode,
      inCi: this.#o.inCi,
    });
    for (const line of skipped) process.stderr.write(`skipped: ${line.replace(`${this.#o.project}/`, '')}\n`);
    return { passed, failed };
  }

  #reportOf(project: Project): string {
    return join(this.#o.work, `${project}.json`);
  }

  /** Beside the labs, which have deadlines, it gives way to them. */
  #run(
    command: readonly string[],
    o: Pick<Parameters<Commands['run']>[1], 'into' | 'env'> = {},
  ): Promise<number> {
    return this.#o.commands.run(command, {
      ...o,
      deadlineMs: this.#deadlineMs,
      nice: this.#labs !== undefined,
    });
  }

  #deadlineOf(suite: Suite): number {
    return deadlineOf(suite, performance.now(), this.#o.inCi);
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The run ended before it could write one.
    return undefined;
  }
}
