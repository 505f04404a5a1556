import { onTestFinished } from 'vitest';
import { dryRunner } from '../../src/runner/dry.js';
import { liveRunner } from '../../src/runner/live.js';
import type { Runner } from '../../src/runner/runner.js';
import type { Trace } from '../../src/runner/traced.js';
import type { Command } from '../../src/shell/command.js';
import type { ExecResult, Transport } from '../../src/transport/transport.js';

/** What the machine says: text for stdout, more of the result, or what the connection fails with. */
export type Answer =
  string | Partial<ExecResult> | Error | ((command: Command) => string | Partial<ExecResult>);

/** One command that a machine is expected to be given, and what it says then. */
export interface Step {
  readonly verb: 'query' | 'try' | 'mutate';
  /** Of a query: the script, or a part of it. Of a change: the whole intent. A command: its script and stdin, to the letter. */
  readonly wanted: string | RegExp | Command;
  readonly answer: Answer;
}

/** A look that is expected, by a part of its script or by the command itself. */
export const asks = (wanted: Step['wanted'], answer: Answer = ''): Step => ({
  verb: 'query',
  wanted,
  answer,
});

/** A trial that is expected, by a part of its script or by the command itself. */
export const attempts = (wanted: Step['wanted'], answer: Answer = ''): Step => ({
  verb: 'try',
  wanted,
  answer,
});

/** A change that is expected, by its intent or by the command itself. */
export const does = (wanted: Step['wanted'], answer: Answer = ''): Step => ({
  verb: 'mutate',
  wanted,
  answer,
});

/** One command that a machine was given. */
export interface Given {
  readonly machine: string;
  readonly verb: 'query' | 'try' | 'mutate';
  readonly intent?: string;
  readonly command: Command;
}

export interface ScriptOptions {
  /** Filled with every command in the order in which they came; several machines may share it. */
  readonly journal?: Given[];
  readonly trace?: Trace;
}

/**
 * A machine that knows its part by heart. A command that is not the next one fails, and so does, at `verify`, one that never came; both
 * show the whole part. Between the script and the test stands the real live runner, so that bad exit codes, masks and traces are real.
 */
export class ScriptedRunner implements Runner {
  readonly machine: string;
  readonly dryRun = false;
  readonly #steps: readonly Step[];
  readonly #options: ScriptOptions;
  #done = 0;
  #unexpected: Error | undefined;

  constructor(machine: string, steps: readonly Step[], options: ScriptOptions = {}) {
    this.machine = machine;
    this.#steps = steps;
    this.#options = options;
  }

  query(command: Command<'reads'>): Promise<ExecResult> {
    return this.#next({ machine: this.machine, verb: 'query', command }).query(command);
  }

  attempt(command: Command<'tries'>): Promise<ExecResult> {
    return this.#next({ machine: this.machine, verb: 'try', command }).attempt(command);
  }

  mutate(intent: string, command: Command<'changes'>): Promise<void> {
    return this.#next({ machine: this.machine, verb: 'mutate', intent, command }).mutate(intent, command);
  }

  /** @throws Error with the difference, unless exactly what was expected was asked. A caller may have swallowed the first one. */
  verify(): void {
    if (this.#unexpected !== undefined) throw this.#unexpected;
    if (this.#done < this.#steps.length)
      throw new Error(this.#difference('was not asked for all it expected'));
  }

  #next(given: Given): Runner {
    this.#options.journal?.push(given);
    if (this.#unexpected !== undefined) throw this.#unexpected;
    const step = this.#steps[this.#done];
    if (step === undefined || !fits(step, given)) {
      this.#unexpected = new Error(this.#difference('was asked something else', given));
      throw this.#unexpected;
    }
    this.#done += 1;
    return liveRunner({
      machine: this.machine,
      transport: saying(step.answer, given.command),
      sudo: { mode: 'root' },
      ...(this.#options.trace === undefined ? {} : { trace: this.#options.trace }),
    });
  }

  #difference(what: string, given?: Given): string {
    return [
      `${this.machine} ${what}:`,
      ...this.#steps.slice(0, this.#done).map((s) => `    ${text(s)}`),
      ...(given === undefined
        ? []
        : [`  + ${given.verb} ${given.intent ?? ''}\n${indent(given.command.script)}`]),
      ...this.#steps.slice(this.#done).map((s) => `  - ${text(s)}`),
    ].join('\n');
  }
}

/** A scripted machine that is verified when the test ends. */
export function scripted(
  machine: string,
  steps: readonly Step[],
  options: ScriptOptions = {},
): ScriptedRunner {
  const runner = new ScriptedRunner(machine, steps, options);
  onTestFinished(() => {
    runner.verify();
  });
  return runner;
}

/** The same in a dry run: a change that comes through to the machine is unexpected. */
export function scriptedDry(machine: string, steps: readonly Step[], options: ScriptOptions = {}): Runner {
  return dryRunner(scripted(machine, steps, options), options.trace);
}

function fits({ verb, wanted }: Step, given: Given): boolean {
  if (verb !== given.verb) return false;
  if (typeof wanted === 'object' && 'script' in wanted) {
    return wanted.script === given.command.script && wanted.stdin === given.command.stdin;
  }
  const text = given.intent ?? given.command.script;
  if (wanted instanceof RegExp) return wanted.test(text);
  return given.verb === 'mutate' ? text === wanted : text.includes(wanted);
}

function text({ verb, wanted }: Step): string {
  return `${verb} ${typeof wanted === 'object' && 'script' in wanted ? wanted.script : String(wanted)}`;
}

function indent(script: string): string {
  return script
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n');
}

/** A connection that says this after the mark which the runner waits for. */
function saying(answer: Answer, command: Command): Transport {
  return {
    async exec(wire, options) {
      const first = Array.isArray(options?.stdin) ? String(options.stdin[0]) : '';
      const payload = /echo ([A-Za-z0-9+/=]+)\|base64/.exec(wire)?.[1] ?? first;
      // A long script without a stdin of its own comes in plain.
      const scripts = [payload, Buffer.from(payload, 'base64').toString()];
      const mark = /kmon:[0-9a-f]+/.exec(scripts.join('\n'))?.[0] ?? 'no mark';
      const said = typeof answer === 'function' ? answer(command) : answer;
      if (said instanceof Error) throw said;
      const result = typeof said === 'string' ? { stdout: said } : said;
      const { exitCode = 0, stdout = '', stderr = '', durationMs = 1 } = result;
      return { exitCode, stdout: `${mark}\n${stdout}`, stderr: `${mark}\n${stderr}`, durationMs };
    },
    async close() {
      // Nothing is open.
    },
  };
}
