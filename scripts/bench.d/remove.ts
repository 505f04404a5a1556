// Takes away what a run made, by its name alone: processes first, then links, namespaces and the folder.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ipAnyway, ipJson } from './ip.js';
import { ownerOf, runName, runs } from './names.js';

const GONE_MS = 10_000;

/** Ends every process that has `folder` in its command line, and waits for their end. */
export function endProcessesOf(folder: string): void {
  endAll(() => processesNaming(`${folder}/`));
}

/** Removes everything of the run of process `pid`. Synchronous, so that it can be the last thing a process does. */
export function removeRun(pid: number = process.pid): void {
  const run = runName(pid);
  const mine = (name: string): boolean => name.startsWith(`${run}-`);
  const folders = readdirSync(tmpdir()).filter(mine);
  const namespaces = namespaceNames().filter(mine);
  endAll(() => [
    ...namespaces.flatMap(processesIn),
    ...folders.flatMap((folder) => processesNaming(`${join(tmpdir(), folder)}/`)),
  ]);
  const links = linkNames().filter(mine);
  ipAnyway([...links.map((name) => `link del ${name}`), ...namespaces.map((name) => `netns del ${name}`)]);
  for (const folder of folders) rmSync(join(tmpdir(), folder), { recursive: true, force: true });
}

/** What runs that were killed have left. */
export function removeLeftovers(): number {
  const names = [...namespaceNames(), ...linkNames(), ...readdirSync(tmpdir())];
  const dead = new Set(names.flatMap((name) => ownerOf(name) ?? []).filter((pid) => !runs(pid)));
  for (const pid of dead) removeRun(pid);
  return dead.size;
}

function namespaceNames(): readonly string[] {
  return ipJson('netns', 'list').flatMap(({ name }) => name ?? []);
}

function linkNames(): readonly string[] {
  return ipJson('link', 'show').flatMap(({ ifname }) => ifname ?? []);
}

function processesIn(namespace: string): readonly number[] {
  const { stdout } = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

function processesNaming(path: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function endAll(find: () => readonly number[]): void {
  const deadline = Date.now() + GONE_MS;
  for (let pids = find(); pids.length > 0; pids = find()) {
    for (const pid of pids) end(pid);
    if (Date.now() > deadline) throw new Error(`these processes do not end: ${pids.join(' ')}`);
    // There is nothing else to do meanwhile, and the process may be about to leave.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
