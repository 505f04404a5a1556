import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../here/is-alive.js';
import type { RunProgram } from './process.js';

/** A folder for one build; its name tells which process it belongs to. */
export function buildFolder(parent: string, pid: number): string {
  return join(parent, `build-${pid}`);
}

/** Removes what builds left whose process was killed outright, and makes sure that the parent folder is there. */
export async function removeAbandoned(parent: string, run: RunProgram): Promise<void> {
  await mkdir(parent, { recursive: true });
  for (const entry of await readdir(parent)) {
    const pid = /^build-(\d+)$/.exec(entry)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await removeBuildFolder(join(parent, entry), run);
  }
}

/**
 * Removes a build's folder. A build killed outright leaves /proc, /sys and /dev of this computer mounted below it: these are unmounted
 * first, and as long as one is there nothing is removed.
 */
export async function removeBuildFolder(folder: string, run: RunProgram): Promise<void> {
  for (const mount of mountsBelow(folder, await readMounts())) await run('umount', [mount]);
  if (mountsBelow(folder, await readMounts()).length > 0) return;
  await rm(folder, { recursive: true, force: true });
}

/** Mount points below a folder in /proc/self/mounts, the innermost and latest first: the order in which they can go. */
export function mountsBelow(folder: string, mounts: string): readonly string[] {
  return mounts
    .split('\n')
    .map((line) => unescape(line.split(' ')[1] ?? ''))
    .filter((point) => point.startsWith(`${folder}/`))
    .reverse();
}

/** The kernel writes blanks in paths as octal numbers. */
function unescape(point: string): string {
  return point.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

async function readMounts(): Promise<string> {
  return readFile('/proc/self/mounts', 'utf8');
}
