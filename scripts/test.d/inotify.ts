import { readFileSync, writeFileSync } from 'node:fs';

const FILE = '/proc/sys/fs/inotify/max_user_instances';

/** Twice what all labs of a run hold at the same time, at six instances a machine. */
const ENOUGH = 1024;

/**
 * Lets root have enough inotify instances for many machines at a time: with a kernel's usual 128 the last of them boot with units that
 * failed, and nothing tells why. Gives what puts the setting back. Where it cannot be set, labs run with what there is.
 */
export function moreInotify(): () => void {
  const before = read();
  if (before === undefined || before >= ENOUGH || !write(ENOUGH)) return () => {};
  return () => {
    // Somebody else may want another number by now.
    if (read() === ENOUGH) write(before);
  };
}

function read(): number | undefined {
  try {
    return Number(readFileSync(FILE, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function write(count: number): boolean {
  try {
    writeFileSync(FILE, `${count}\n`);
    return true;
  } catch {
    return false;
  }
}
