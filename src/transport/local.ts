import type { execa as Execa } from 'execa';
import { KmonError } from '../errors/kmon-error.js';
import { attend } from './attend.js';
import type { Ended, Running } from './attend.js';
import type { Transport } from './transport.js';

/**
 * Commands on this very computer, by `sh -c`, under the same contract as over SSH (`--local`, `--context`).
 *
 * Each command has a process group of its own: Ctrl-C in the terminal reaches kmon alone, which decides what happens to commands.
 * Unlike over SSH, a command that is given up (deadline, abort, `close`) is really ended, with everything it started.
 * No shell stays here: to become root costs a tenth of what it costs over SSH, and one that waits would keep Node from ending.
 */
export function localTransport(machine: string): Transport {
  const running = new Set<Running>();
  let closed = false;

  const start = async (wire: string): Promise<Running> => {
    // A third of the time that a command over SSH takes to load, and it needs none of it.
    const { execa } = await import('execa');
    if (closed) throw new KmonError('connection-lost', 'the connection was closed before', { machine });
    const child = launch(execa, wire);
    running.add(child);
    void child.ended.then(() => running.delete(child));
    return child;
  };

  return {
    exec: (wire, options) => attend(machine, () => start(wire), options),
    async close() {
      closed = true;
      for (const child of running) child.abandon();
      await Promise.all([...running].map((child) => child.ended));
    },
  };
}

function launch(execa: typeof Execa, wire: string): Running {
  const child = execa('sh', ['-c', wire], {
    buffer: false,
    detached: true,
    reject: false,
    stripFinalNewline: false,
    stdin: 'pipe',
    encoding: 'buffer',
  });
  let abandoned = false;
  const ended = child.then((result): Ended => {
    if (abandoned) return lost('the command was given up');
    if (result.exitCode !== undefined) return { kind: 'exited', code: result.exitCode };
    if (result.signal !== undefined) return { kind: 'killed', signal: result.signal };
    return lost('sh could not be started on this computer', result.cause);
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    abandon() {
      abandoned = true;
      killGroup(child.pid);
    },
  };
}

function lost(message: string, cause?: unknown): Ended {
  return { kind: 'lost', error: new KmonError('connection-lost', message, { cause }) };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
