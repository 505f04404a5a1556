import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { endGroup } from './ending.js';

export interface CommandOptions {
  /** When it has to have ended, by `performance.now()`. */
  readonly deadlineMs: number;
  /** A file that gets what it prints, or only its stdout; absent: it is shown. */
  readonly into?: { readonly file: string; readonly what: 'stdout' | 'all' };
  readonly env?: NodeJS.ProcessEnv;
  /** It gives way to what runs beside it. */
  readonly nice?: boolean;
}

/** As `timeout` of coreutils ends. */
const OUT_OF_TIME = 124;
const KILL_AFTER_MS = 15_000;

/** Somebody has asked for the end of the whole run. */
export class Interrupted extends Error {}

/** Commands, each in a process group of its own, so that an interruption and the end of its time reach all of it. */
export class Commands {
  readonly #leaders = new Set<number>();
  #interrupted = false;

  /**
   * Runs a command to its end, with nobody at the keyboard, and gives its exit code; 124 when its time was over, which is told.
   *
   * @throws Interrupted when `interrupt` was called.
   */
  async run(command: readonly string[], o: CommandOptions): Promise<number> {
    this.#throwIfInterrupted();
    const leftMs = o.deadlineMs - performance.now();
    if (leftMs <= 0) {
      process.stdout.write(`no time is left for: ${command.join(' ')}\n`);
      return OUT_OF_TIME;
    }
    const child = start(o.nice === true ? ['nice', ...command] : command, o);
    const { pid } = child;
    if (pid !== undefined) this.#leaders.add(pid);
    const late = endInTime(child, leftMs);
    const exitCode = await end(child);
    const wasLate = late();
    if (pid !== undefined) this.#leaders.delete(pid);
    this.#throwIfInterrupted();
    if (!wasLate) return exitCode;
    process.stdout.write(`out of time, ended: ${command.join(' ')}\n`);
    return OUT_OF_TIME;
  }

  /** Ends all that runs; from now on nothing is started. */
  async interrupt(): Promise<void> {
    this.#interrupted = true;
    await Promise.all([...this.#leaders].map((leader) => endGroup(leader)));
  }

  #throwIfInterrupted(): void {
    if (this.#interrupted) throw new Interrupted('interrupted');
  }
}

function start([program = '', ...args]: readonly string[], { into, env }: CommandOptions): ChildProcess {
  const file = into === undefined ? 'inherit' : openSync(into.file, 'a');
  const child = spawn(program, args, {
    stdio: ['ignore', file, into?.what === 'all' ? file : 'inherit'],
    env: { ...process.env, ...env },
    detached: true,
  });
  if (file !== 'inherit') closeSync(file);
  return child;
}

/** Ends a command's group when its time is over. The function that it gives takes that back, and tells whether it had come to that. */
function endInTime({ pid }: ChildProcess, leftMs: number): () => boolean {
  let late = false;
  const kill = (signal: NodeJS.Signals): void => {
    late = true;
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // It has ended just now.
    }
  };
  const timers = [setTimeout(kill, leftMs, 'SIGTERM'), setTimeout(kill, leftMs + KILL_AFTER_MS, 'SIGKILL')];
  return () => {
    for (const timer of timers) clearTimeout(timer);
    return late;
  };
}

function end(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stdout.write(`${error.message}\n`);
      resolve(127);
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
