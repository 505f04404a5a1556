import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../src/errors/exit-codes.js';
import { quote } from '../../src/shell/quote.js';
import { commandIn } from './command-lines.js';

const ROOT = join(import.meta.dirname, '../..');
/** The command line as it is installed. */
export const KMON = join(ROOT, 'bin/kmon.js');

export interface KmonOptions {
  /** Folder to run in, and the home folder: nothing of the real one is seen. */
  readonly cwd: string;
  /** The whole environment besides HOME; by default what a program needs and no more, so no agent and no proxy. */
  readonly env?: NodeJS.ProcessEnv;
  /** A program and its arguments that start kmon in their turn, such as setpriv. */
  readonly through?: readonly string[];
  /** Ended by force after this time, which fails the test. Default 120 s. */
  readonly timeoutMs?: number;
}

/** How a run of kmon ended. At a terminal everything it wrote is `stdout`. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of kmon under way. */
export interface RunningKmon {
  /** Resolves as soon as what it wrote matches; rejects when it ends before that. */
  said(pattern: RegExp): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Rejects when the run had to be ended by force, or was killed by a signal that this did not send. */
  readonly ended: Promise<Ended>;
}

/** The lines of a run that tell of a change, for a test that expects none. */
export function changesIn(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => /\bchanged: |to change: |✖/.test(line))
    .filter((line) => !/\bunchanged: /.test(line))
    .join('\n');
}

/** Runs the built command line, with nobody at the keyboard. */
export function kmon(args: readonly string[], options: KmonOptions): Promise<Ended> {
  return startKmon(args, options).ended;
}

/** The same, to look at while it runs. */
export function startKmon(args: readonly string[], options: KmonOptions): RunningKmon {
  requireBuild();
  const [program = '', ...rest] = [...(options.through ?? []), process.execPath, KMON, ...args];
  const child = spawn(program, rest, {
    cwd: options.cwd,
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return follow(child, args, options);
}

/** What a person types, each answer once, when what is on the screen (after the answer before) matches. */
export interface Answer {
  readonly when: RegExp;
  readonly type: string;
}

/**
 * Runs the built command line at a terminal of its own (`script` of util-linux), wide enough that no question is broken into lines. Every
 * answer must have been asked for: a run that ends before rejects.
 */
export async function kmonAtTerminal(
  args: readonly string[],
  answers: readonly Answer[],
  options: KmonOptions,
): Promise<Ended> {
  requireBuild();
  const command = `stty cols 240 rows 40; exec ${[process.execPath, KMON, ...args].map(quote).join(' ')}`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    cwd: options.cwd,
    env: { TERM: 'xterm-256color', ...environment(options) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const run = follow(child, args, options);
  for (const { when, type } of answers) {
    await run.said(when);
    child.stdin.write(type);
  }
  const ended = await run.ended;
  child.stdin.end();
  return ended;
}

/** Every line of a `--json` run. */
export function jsonLines(ended: Ended): readonly Readonly<Record<string, unknown>>[] {
  return ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

function environment({ cwd, env }: KmonOptions): NodeJS.ProcessEnv {
  return { ...(env ?? { PATH: process.env['PATH'], LANG: 'C.UTF-8' }), HOME: cwd };
}

function follow(
  child: ChildProcess,
  args: readonly string[],
  { timeoutMs = 120_000 }: KmonOptions,
): RunningKmon {
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  const sent = new Set<NodeJS.Signals>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const look of waiting) look();
    });
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const everything = (): string => `${output.stdout}\n${output.stderr}`;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (late) reject(new Error(`not done after ${timeoutMs / 1000} s:\n${everything()}`));
      else if (code !== null && !isTold(code, args))
        reject(new Error(`no page tells that kmon ${args.join(' ')} may end with ${code}:\n${everything()}`));
      else if (code !== null) resolve({ exitCode: code, ...output });
      else if (signal !== null && sent.has(signal)) resolve({ exitCode: -1, ...output });
      else reject(new Error(`killed by ${String(signal)}:\n${everything()}`));
    });
  });
  // A test that fails before it waits for the end must not fail a second time as an unhandled rejection.
  ended.catch(() => undefined);
  return {
    ended,
    signal: (signal) => {
      sent.add(signal);
      child.kill(signal);
    },
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(everything())) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        const tooLate = (): void => {
          reject(new Error(`it ended without saying ${String(pattern)}:\n${everything()}`));
        };
        ended.then(tooLate, tooLate);
      }),
  };
}

/** Help and docs/commands.md tell of every exit code that a command may have: each run here is a trial of that. */
function isTold(exitCode: number, args: readonly string[]): boolean {
  const command = commandIn(args);
  const kinds = Object.entries(EXIT_CODES).filter(([, number]) => number === exitCode);
  return command === undefined || kinds.every(([kind]) => command.exitCodes.some((code) => code === kind));
}

/** These tests run what is in dist: what was built before the last change would prove nothing. */
function requireBuild(): void {
  const built = join(ROOT, 'dist/main.js');
  const newest = Math.max(
    ...readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
  if (!existsSync(built) || statSync(built).mtimeMs < newest) {
    throw new Error('the built kmon is missing or older than src: run npm run build');
  }
}
