import { readFile } from 'node:fs/promises';

/** What one booted lab machine holds: 22 of them used up 128 (measured on Debian 12). */
const A_MACHINE = 6;

/** inotify instances that a user of this computer may have; `undefined` where the kernel does not tell. */
export async function inotifyInstances(): Promise<number | undefined> {
  const text = await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8').catch(() => '');
  return /^\d+\n$/.test(text) ? Number(text) : undefined;
}

/**
 * A warning when so many machines need more inotify instances than there may be: the last ones would then not boot, and would not say
 * why. Other labs take theirs from the same number.
 */
export function inotifyWarning(machines: number, instances: number | undefined): string | undefined {
  if (instances === undefined || machines * A_MACHINE <= instances) return undefined;
  return (
    `${machines} machines need about ${machines * A_MACHINE} inotify instances, and this computer gives ${instances}: the last ones may not ` +
    `boot (sudo sysctl fs.inotify.max_user_instances=1024 gives more until the next start)`
  );
}
