// One run of one client as a process of its own.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { client } from './clients.mjs';
import { endProcessesOf } from './remove.mjs';

const LIMIT_MS = 300_000;

/**
 * Runs a client once over all machines of the room.
 *
 * @returns wall time, CPU time of the client (with the processes it waited for) in milliseconds, the memory of the largest of its
 * processes in MB
 * @throws Error when it did not reach every machine
 */
export async function measure(name, room, count) {
  const { argv, reached, details, exitCodes } = client(name, room);
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
      `${name} reached ${seen ?? 'not all'} of ${count} machines (exit code ${run.exitCode}): ${tail(run)}`,
    );
  const [user, system, kilobytes] = readFileSync(usage, 'utf8').trim().split(' ').map(Number);
  return {
    wallMs: Math.round(wallMs),
    cpuMs: Math.round((user + system) * 1000),
    memoryMb: Math.round(kilobytes / 102.4) / 10,
    ...(details === undefined ? {} : { details: details(run.stdout) }),
  };
}

function finish(program, args, room) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: room.folder,
      env: room.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

function tryTo(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function tail({ stdout, stderr }) {
  return `${stderr}\n${stdout}`.trim().slice(-600);
}
