import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { descendantsOf, readStat } from './process-tree.js';
import type { Seen } from './process-tree.js';

const TURNS = 100;
const TURN_MS = 100;

/** What a process group may take to tidy up by itself. */
const TIDY_UP_TURNS = 50;

/** Ends a process group, with some seconds to tidy up by itself; then it is killed, with all that descends from its leader. */
export async function endGroup(leader: number): Promise<void> {
  if (!signal(-leader, 'SIGTERM')) return;
  for (let turn = 0; turn < TIDY_UP_TURNS; turn++) {
    if (!signal(-leader, 0)) return;
    await delay(TURN_MS);
  }
  await endDescendants(leader);
  signal(-leader, 'SIGKILL');
}

/** Kills everything that descends from a process. What it starts meanwhile too, hence the turns. */
export async function endDescendants(ancestor: number, except: readonly number[] = []): Promise<void> {
  let left: readonly number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    left = descendantsOf(ancestor, processes(), except);
    if (left.length === 0) return;
    for (const pid of left) signal(pid, 'SIGKILL');
    await delay(TURN_MS);
  }
  process.stdout.write(`could not be ended: ${left.join(' ')}\n`);
}

/** The command lines of what descends from a process, cut to what a person reads. */
export function commandsBelow(ancestor: number, except: readonly number[]): readonly string[] {
  return descendantsOf(ancestor, processes(), except).map((pid) =>
    (read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').slice(0, 120),
  );
}

function processes(): readonly Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readStat(read(`/proc/${pid}/stat`) ?? '') ?? []);
}

/** A process may end between two looks. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether there was somebody to be told. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
