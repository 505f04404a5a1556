import type { StressPhase } from '../tools/stress-ng.js';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** "512 MiB", "1.5 GiB" */
export function bytesText(bytes: number): string {
  if (bytes < GIB) return `${Math.floor(bytes / MIB)} MiB`;
  return `${Math.floor((bytes * 10) / GIB) / 10} GiB`;
}

/** "80 % CPU, 512 MiB of memory", or "rest". */
export function phaseText({ cpuPercent, memoryBytes, diskBytes }: StressPhase): string {
  const parts = [
    ...(cpuPercent === undefined ? [] : [`${cpuPercent} % CPU`]),
    ...(memoryBytes === undefined ? [] : [`${bytesText(memoryBytes)} of memory`]),
    ...(diskBytes === undefined ? [] : [`${bytesText(diskBytes)} on disk`]),
  ];
  return parts.length === 0 ? 'rest' : parts.join(', ');
}

/** What a machine is to bear, one stretch after the other: "80 % CPU for 60 s", or "20 % CPU for 5 s, then …". */
export function phasesText(phases: readonly StressPhase[]): string {
  return phases.map((phase) => `${phaseText(phase)} for ${phase.seconds} s`).join(', then ');
}

/** The stretch that a load is in so many seconds after it has begun; the last one when it is over. */
export function phaseAt(
  phases: readonly StressPhase[],
  seconds: number,
): { readonly number: number; readonly phase: StressPhase } | undefined {
  let ends = 0;
  for (const [i, phase] of phases.entries()) {
    ends += phase.seconds;
    if (seconds < ends || i === phases.length - 1) return { number: i + 1, phase };
  }
  return undefined;
}
