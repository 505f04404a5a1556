import { file } from '../resources/file.js';
import type { Resource } from '../resources/resource.js';
import { unit } from '../resources/unit.js';
import type { Command } from '../shell/command.js';
import { AT_BOOT, podNetworkUnit } from '../tools/pod-network.js';

/** A resource of the running system that a restart takes away. Its change, on a machine that has nothing of it, is what makes it again. */
export interface Lost {
  readonly resource: Resource;
  readonly again: Command<'changes'>;
}

/**
 * The things, and a file that makes them again when the machine starts, in this order.
 *
 * @param name Of the file; files are run in the order of their names.
 * @param what For the plan: whose ways these are.
 */
export function keptAtBoot(name: string, what: string, lost: readonly Lost[]): readonly Resource[] {
  if (lost.length === 0) return [];
  const text = [
    '# Written by kmon; `kmon teardown` removes it.',
    'set -e',
    ...lost.map((l) => l.again.script),
  ];
  const kept = file({ path: `${AT_BOOT.folder}/${name}`, content: `${text.join('\n')}\n` });
  return [...lost.map((l) => l.resource), { ...kept, describe: () => `keep ${what} for the next start` }];
}

/** The unit that runs these files. It has nothing to do before the next start of the machine. */
export function atBoot(): readonly Resource[] {
  return [
    file({ path: AT_BOOT.unitFile, content: podNetworkUnit, unit: true, then: 'daemon-reload' }),
    unit({ name: AT_BOOT.unit, enabled: true }),
  ];
}
