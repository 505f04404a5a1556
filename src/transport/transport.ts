import type { Stdin } from '../shell/command.js';

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
  close(): Promise<void>;
}
