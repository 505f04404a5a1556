import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { EngineDeps } from '../engine/deps.js';
import { BEAT_MS } from '../engine/lock.js';
import type { LockOwner } from '../engine/lock.js';
import { isAlive } from '../here/is-alive.js';

/** The room's lock as this process holds it. `force`: whoever else holds it is dead, a person says so. */
export function lockHere(command: string, force: boolean): EngineDeps['lock'] {
  const owner = {
    command,
    who: `${userInfo().username}@${hostname()}`,
    computer: hostname(),
    ...bootOf(),
    pid: process.pid,
    since: new Date().toISOString(),
  };
  return { owner, force, isDead: diedHere, beating };
}

/** Linux has a number of its own for every start; elsewhere the name of the computer has to do. */
function bootOf(): { readonly boot?: string } {
  try {
    return { boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() };
  } catch {
    return {};
  }
}

function beating(beat: () => Promise<void>): () => void {
  const timer = setInterval(() => void beat(), BEAT_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/** The holder ran on this computer and is no more. */
function diedHere(holder: LockOwner): boolean {
  const { boot } = bootOf();
  const here = holder.computer === hostname() && (boot === undefined || holder.boot === boot);
  if (!here || holder.pid === process.pid) return false;
  return !isAlive(holder.pid);
}
