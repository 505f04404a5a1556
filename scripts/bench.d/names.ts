// What a run makes carries the run's name: `kmb-` and the process id of who made it. So another run can tell what is left of a dead one.
import { readFileSync } from 'node:fs';

export function runName(pid: number = process.pid): string {
  return `kmb-${pid}`;
}

/** The process id in the name of a namespace, link or folder of a benchmark; `undefined` for anything else. */
export function ownerOf(name: string): number | undefined {
  const pid = /^kmb-(\d+)-/.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** The process is a benchmark that still runs, not another one that got the same number later. */
export function runs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/fanout/main.js');
  } catch {
    return false;
  }
}
