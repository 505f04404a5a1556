import { diskToFill, memoryToFill } from '../tools/stress-ng.js';
import type { StressPhase } from '../tools/stress-ng.js';
import { bytesText } from './load-text.js';
import type { Amount, Phase } from './phase.js';

/** What a load may be taken from. */
export interface Carrier {
  readonly memoryAvailableBytes: number;
  /** Where the file of a load lies; 0: there is no disk for it. */
  readonly freeDiskBytes: number;
  /**
   * What it says of memory and disk is not the load's alone: of a container it is of the computer that it runs on, and a team has a quota of it.
   */
  readonly shared: boolean;
}

/** A percentage comes to no more, however much there is: more shows nothing that this does not. */
const MOST_BYTES = { memory: 64 * 1024 ** 3, disk: 1024 ** 3 };
const MOST_SHARED_BYTES = { memory: 256 * 1024 ** 2, disk: 64 * 1024 ** 2 };

/** The highest percentage of memory that a load may ask for. */
export const MOST_MEMORY_PERCENT = 75;

/** The largest file that one may ask for. */
export const MOST_FILE_BYTES = 8 * 1024 ** 3;

export type Fitted =
  { readonly phases: readonly StressPhase[] } | { readonly trouble: string; readonly hint: string };

/**
 * What a load comes to on a machine. A percentage is made smaller where the machine could not bear it; what was asked for in bytes is not: then
 * nothing is done. Pure.
 */
export function fit(phases: readonly Phase[], machine: Carrier): Fitted {
  const fitted: StressPhase[] = [];
  for (const { seconds, cpuPercent, memory, disk } of phases) {
    const memoryBytes = memory === undefined ? undefined : bytesOf('memory', memory, machine);
    if (typeof memoryBytes === 'object') return memoryBytes;
    const diskBytes = disk === undefined ? undefined : bytesOf('disk', disk, machine);
    if (typeof diskBytes === 'object') return diskBytes;
    fitted.push({
      seconds,
      ...(cpuPercent === undefined ? {} : { cpuPercent }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(diskBytes === undefined ? {} : { diskBytes }),
    });
  }
  return { phases: fitted };
}

type Trouble = Extract<Fitted, { trouble: string }>;

function bytesOf(kind: 'memory' | 'disk', amount: Amount, machine: Carrier): number | Trouble {
  const { has, most, whole, left } = limitsOf(kind, machine);
  if (most === 0)
    return {
      trouble: `there is no room for a load on the ${kind}: ${bytesText(has)} ${kind === 'memory' ? 'are available' : 'are free'}, and ${left} stay free`,
      hint: `free some ${kind}, or take another model`,
    };
  if ('percent' in amount) {
    const bound = (machine.shared ? MOST_SHARED_BYTES : MOST_BYTES)[kind];
    return Math.max(1, Math.floor(Math.min((whole * amount.percent) / 100, most, bound)));
  }
  if (amount.bytes > most) {
    const asked =
      kind === 'memory' ? `${bytesText(amount.bytes)} of memory` : `a file of ${bytesText(amount.bytes)}`;
    return {
      trouble: `${asked} is more than a load may take there: at most ${bytesText(most)}, so that ${left} stay free`,
      hint: `ask for less, or leave the machine out`,
    };
  }
  return amount.bytes;
}

interface Limits {
  readonly has: number;
  /** That a load may take. */
  readonly most: number;
  /** Of what a percentage is. */
  readonly whole: number;
  readonly left: string;
}

function limitsOf(kind: 'memory' | 'disk', { memoryAvailableBytes, freeDiskBytes }: Carrier): Limits {
  if (kind === 'disk') {
    const whole = diskToFill({ freeBytes: freeDiskBytes });
    return { has: freeDiskBytes, most: Math.min(whole, MOST_FILE_BYTES), whole, left: '2 GiB' };
  }
  const whole = memoryAvailableBytes;
  const most = Math.min(
    memoryToFill({ availableBytes: whole }),
    Math.floor((whole * MOST_MEMORY_PERCENT) / 100),
  );
  return { has: whole, most, whole, left: 'a quarter and 768 MiB' };
}
