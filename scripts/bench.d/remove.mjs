// Takes away what a run made, by its name alone: processes first, then links, namespaces and the folder.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ipAnyway, ipJson } from './ip.mjs';
import { ownerOf, runName, runs } from './names.mjs';

const GONE_MS = 10_000;

/** Ends every process that has `folder` in its command line, and waits for their end. */
export function endProcessesOf(folder) {
  endAll(() => processesNaming(`${folder}/`));
}

/** Removes everything of the run of process `pid`. Synchronous, so that it can be the last thing a process does. */
export function removeRun(pid = process.pid) {
  const run = runName(pid);
  const mine = (name) => name.startsWith(`${run}-`);
  const folders = readdirSync(tmpdir()).filter(mine);
  const namespaces = ipJson('netns', 'list')
    .map((n) => n.name)
    .filter(mine);
  endAll(() => [
    ...namespaces.flatMap(processesIn),
    ...folders.flatMap((folder) => processesNaming(`${join(tmpdir(), folder)}/`)),
  ]);
  const links = ipJson('link', 'show')
    .map((link) => link.ifname)
    .filter(mine);
  ipAnyway([...links.map((name) => `link del ${name}`), ...namespaces.map((name) => `netns del ${name}`)]);
  for (const folder of folders) rmSync(join(tmpdir(), folder), { recursive: true, force: true });
}

/** What runs that were killed have left. */
export function removeLeftovers() {
  const names = [
    ...ipJson('netns', 'list').map((n) => n.name),
    ...ipJson('link', 'show').map((link) => link.ifname),
    ...readdirSync(tmpdir()),
  ];
  const dead = new Set(names.map(ownerOf).filter((pid) => pid !== undefined && !runs(pid)));
  for (const pid of dead) removeRun(pid);
  return dead.size;
}

function processesIn(namespace) {
  const { stdout } = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').filter(Boolean).map(Number);
}

function processesNaming(path) {
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

function endAll(find) {
  const deadline = Date.now() + GONE_MS;
  for (let pids = find(); pids.length > 0; pids = find()) {
    for (const pid of pids) end(pid);
    if (Date.now() > deadline) throw new Error(`these processes do not end: ${pids.join(' ')}`);
    // There is nothing else to do meanwhile, and the process may be about to leave.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
}

function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
