// One run of one client as a process of its own.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { client } from './clients.js';
import type { ClientName, Details } from './clients.js';
import { endProcessesOf } from './remove.js';
import type { Room } from './room.js';

const LIMIT_MS = 300_000;

/** One run of a client. */
export interface Measured {
  readonly wallMs: number;
  /** Of the client, with the processes it waited for. */
  readonly cpuMs: number;
  /** Of the largest of its processes. */
  readonly memoryMb: number;
  readonly details?: Details;
}

/**
 * Runs a client once over all `count` machines of the room. `project` is the folder of this project.
 *
 * @throws Error when it did not reach every machine
 */
export async function measure(
  name: ClientName,
  room: Room,
  count: number,
  project: string,
): Promise<Measured> {
  const { argv, reached, details, exitCodes } = client(name, room, project);
  const usage = join(room.folder, 'usage');
  // GNU time waits in a small process: the memory of this one does not count.
  const began = performance.now();
  const run = await finish('time', ['-q', '-o', usage, '-f', '%U %S %M', ...argv], room);
  const wallMs = performance.now() - began;
  // Ansible keeps its connections; the next run is to make its own.
  endProcessesOf(room.sockets);
  const seen = run.exitCode === 0 || exitCodes === 'any' ? tryTo(() => reached(run.stdout)) : undefined;
  if (seen !== count)
    throw new Error(
      `${name} reached ${seen ?? 'not all'} of ${count} machines (exit code ${String(run.exitCode)}): ${tail(run)}`,
    );
  const [user = 0, system = 0, kilobytes = 0] = readFileSync(usage, 'utf8').trim().split(' ').map(Number);
  return {
    wallMs: Math.round(wallMs),
    cpuMs: Math.round((user + system) * 1000),
    memoryMb: Math.round(kilobytes / 102.4) / 10,
    ...(details === undefined ? {} : { details: details(run.stdout) }),
  };
}

interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function finish(program: string, args: readonly string[], room: Room): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: room.folder,
      env: room.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, stdout, stderr });
    });
  });
}

function tryTo<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function tail({ stdout, stderr }: Finished): string {
  return `${stderr}\n${stdout}`.trim().slice(-600);
}
