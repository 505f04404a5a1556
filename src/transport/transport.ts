import type { Stdin } from '../shell/command.js';
import type { Secret } from '../shell/secret.js';

/** What a finished command left: it ran to its end, with whatever exit code. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** Present when it had ended before it was asked for: that moment, in milliseconds since 1970. */
  readonly endedAt?: number;
}

export interface ExecOptions {
  readonly stdin?: Stdin | readonly Stdin[];
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Bytes of the two streams together that are kept; beyond that the command fails. Default 64 MiB. */
  readonly maxOutputBytes?: number;
  /** Called with bytes sent so far when stdin is long. */
  readonly onSent?: (bytes: number) => void;
}

/** How a POSIX `sh` is started that reads its scripts from stdin, and what it has to be told there first. */
export interface ShellStart {
  readonly wire: string;
  readonly stdin: readonly ShellInput[];
}

/** What a script in such a shell may find on its stdin: a text without NUL bytes, of at most `MAX_SHELL_INPUT` characters. */
export type ShellInput = string | Secret;

/** Longer input goes to a program of its own, which reads it as it comes. Far above a list of paths or a manifest, far below what a shell takes. */
export const MAX_SHELL_INPUT = 64 * 1024;

export interface InShellOptions extends Omit<ExecOptions, 'stdin' | 'onSent'> {
  readonly input?: ShellInput;
}

/**
 * One open way to run commands on one machine. `exec` runs `wire` through whatever shell the user has there.
 *
 * Resolves for every exit code. Rejects with a KmonError only when there is none: `connection-lost` (also when the command's channel
 * closes without an exit status), `timeout`, `interrupted` (aborted by `signal`), `command` (killed by a signal there; output too long).
 * After `timeout` or `interrupted` the remote program may go on: SSH has no dependable kill, so long programs carry their own deadline.
 * A program whose stdin was still on its way then reads an early end of it and no error: what must arrive whole is checked there (its
 * size or sum) before it is used.
 * Several `exec` may be under way at once. `close` never rejects.
 */
export interface Transport {
  exec(wire: string, options?: ExecOptions): Promise<ExecResult>;
  /**
   * Runs a POSIX `sh` script, with at most a short text on its stdin, in a shell that stays open for the next one; under the same contract.
   * Nothing of a script is left for the one after it, and several run at once, each in a shell of its own. A shell that does not start, or
   * ends, ends the command with its own exit code and words. Absent where each command is a program of its own.
   */
  inShell?(shell: ShellStart, script: string, options?: InShellOptions): Promise<ExecResult>;
  close(): Promise<void>;
}
