import type { Stage } from '../../engine/stage.js';
import { lookingStage, satisfied } from '../../engine/stage.js';
import type { Facts } from '../../facts/facts.js';

/** What `kmon check` gathers on its way through the stages: one object serves one run. */
export interface Looked {
  /** By name; of every machine that was reached, also of a parent that only serves the others. */
  factsOf: ReadonlyMap<string, Facts>;
}

/** The look that `kmon check` is made of: keeps what the machines told, judges nothing and changes nothing. */
export function look(into: Looked): Stage {
  return lookingStage({
    id: 'look',
    title: 'Look at the machines',
    after: [],
    on: 'all',
    probe: async (m) => {
      into.factsOf = m.factsOf;
      return satisfied(inShort(m.facts));
    },
  });
}

function inShort({ architecture, cpus, memoryBytes, freeDiskBytes }: Facts): string {
  const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return `${architecture}, ${cpus} CPU, ${gib(memoryBytes)} of memory, ${gib(freeDiskBytes)} of disk free`;
}
