import type { Facts } from './facts.js';

/** What people want to know of a computer at a glance. Units are in the names; empty or 0: it does not tell. */
export interface MachineInShort {
  /** Product name of the computer. */
  readonly model: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Such as "Debian GNU/Linux 13 (trixie)". */
  readonly system: string;
  readonly architecture: string;
}

export function inShort({ model, cpus, memoryBytes, os, architecture }: Facts): MachineInShort {
  return { model, cpus, memoryBytes, system: os.name, architecture };
}
