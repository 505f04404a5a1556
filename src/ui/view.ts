import type { EngineEvent } from '../engine/events.js';
import type { RunReport } from '../engine/report.js';

/**
 * What a person, or a program, sees of a command. Progress and failures go to stderr, results to stdout; with `--json` everything
 * goes to stdout as JSON lines.
 *
 * A view never throws for what it is given and never decides anything: order, exit code and deadlines are the engine's.
 */
export interface View {
  /** An event of the run; may be called at any time, also after `fail`. */
  handle(event: EngineEvent): void;
  /** The end of a run: failures with their remedies, the plan of a dry run, the counts. Call it once, and not `fail` for the same. */
  finish(report: RunReport): Promise<void>;
  /** What ended the command without a report. */
  fail(error: unknown): void;
  /** A result for stdout, such as a table. `data` is what a program gets instead with `--json`. The caller made the text harmless. */
  result(text: string, data?: unknown): void;
  /** Resolves when everything until now is shown: a question may be asked. */
  settled(): Promise<void>;
  /** Shows what is still queued and gives the terminal back. `exitCode` is the one the process will end with. Call it once, last. */
  close(exitCode?: number): Promise<void>;
  /** Gives the terminal back at once, for the second Ctrl-C: what is queued is lost. */
  abandon(): void;
}

export interface ViewOptions {
  readonly json: boolean;
  readonly plain: boolean;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Version of kmon, for bug reports. */
  readonly version: string;
}
