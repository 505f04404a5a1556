import { lookingStage, satisfied } from '../../engine/stage.js';
import type { Facts } from '../../facts/facts.js';

/** The look that `kmon check` is made of: the facts that every machine told when it was connected to. Judges nothing and changes nothing. */
export const look = lookingStage<Facts>({
  id: 'look',
  title: 'Look at the machines',
  after: [],
  on: 'room',
  look: async ({ facts }) => facts,
  judge: (facts) => satisfied(inShort(facts)),
});

function inShort({ architecture, cpus, memoryBytes, freeDiskBytes }: Facts): string {
  const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return `${architecture}, ${cpus} CPU, ${gib(memoryBytes)} of memory, ${gib(freeDiskBytes)} of disk free`;
}
