import { execa } from 'execa';
import { KmonError } from '../errors/kmon-error.js';

/** How a program of this computer ended. `missing`: there is no such program; the other fields are empty then. */
export interface ProgramEnd {
  readonly missing: boolean;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Goes to the program's stdin, which is closed otherwise. The only place for a secret. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of stderr as it comes, for progress. */
  readonly onStderrLine?: (line: string) => void;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /**
   * The program gets a process group of its own: Ctrl-C on the terminal does not reach it; an aborted `signal` reaches it and all that
   * it has started.
   */
  readonly group?: boolean;
  /** How long the program may clean up after SIGTERM before it is killed, in milliseconds. */
  readonly graceMs?: number;
}

/** Runs one program of this computer to its end. */
export type RunProgram = (
  file: string,
  args: readonly string[],
  options?: ProgramOptions,
) => Promise<ProgramEnd>;

/**
 * Runs a program without a shell, in the C locale.
 *
 * @throws KmonError `interrupted` when the signal aborts, `timeout` when the deadline passes; never for an exit code.
 */
export const runProgram: RunProgram = async (file, args, options = {}) => {
  const onLine = options.onStderrLine;
  const running = execa(file, args, {
    reject: false,
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    ...(options.input === undefined ? {} : { input: options.input }),
    stderr:
      onLine === undefined
        ? 'pipe'
        : [
            function* (line: unknown) {
              onLine(String(line));
              yield line;
            },
            'pipe',
          ],
    env: { LC_ALL: 'C', PATH: withSystemFolders(process.env['PATH']), ...options.env },
    timeout: options.timeoutMs ?? 0,
    forceKillAfterDelay: options.graceMs ?? 5000,
    detached: options.group ?? false,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  const { pid } = running;
  const stopGroup = (): void => {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGTERM');
    } catch {
      // It has just ended by itself.
    }
  };
  if (options.group === true) options.signal?.addEventListener('abort', stopGroup, { once: true });
  const result = await running;
  options.signal?.removeEventListener('abort', stopGroup);
  if (result.isCanceled) throw new KmonError('interrupted', `stopped while ${file} was running`);
  if (result.timedOut) {
    throw new KmonError(
      'timeout',
      `${file} did not end in ${Math.round((options.timeoutMs ?? 0) / 1000)} s`,
      {
        evidence: lastLine(result.stderr),
      },
    );
  }
  return {
    missing: result.code === 'ENOENT',
    exitCode: result.exitCode ?? 255,
    stdout: result.stdout,
    stderr: result.stderr,
  };
};

/** A root shell opened with a plain `su` lacks these folders, and the engines call iptables and ip by name. */
function withSystemFolders(path = ''): string {
  return [
    ...path.split(':').filter((folder) => folder !== ''),
    '/usr/sbin',
    '/sbin',
    '/usr/bin',
    '/bin',
  ].join(':');
}

/** The line of a program's stderr that tells why it failed: the last one that says so, otherwise the last one. */
export function lastLine(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.findLast((line) => /^(error|fatal|e):/i.test(line)) ?? lines.at(-1) ?? '';
}
