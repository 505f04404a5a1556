import { changes, reads, withOptions, type Command } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';

/** A load for one machine. */
export interface StressLoad {
  /** Of all cores together, 1 to 100. */
  readonly cpuPercent: number;
  readonly seconds: number;
  /** Memory to fill; absent: none. See `memoryToFill`. */
  readonly memoryBytes?: number;
}

/** The transient unit's name: one load at a time on a machine. */
export const STRESS_UNIT = 'kmon-stress.service';

/** How long stress-ng has after its own deadline before systemd ends it. */
const GRACE_SECONDS = 10;

/** What the load may not have, so that kubelet, sshd and the exporter go on: a fifth of one core. */
const RESERVED_PERCENT = 20;

/** What the load may not have of the memory; the kubelet evicts pods below 100 MiB. */
const RESERVED_BYTES = 768 * 1024 * 1024;

/** More than stress-ng itself needs beside what it is told to fill. */
const OWN_BYTES = 128 * 1024 * 1024;

/**
 * Starts the load and returns. It ends by itself: by stress-ng's own timeout, and should that fail by systemd's, whether or not anybody is
 * still connected. A load that runs already is replaced. Nothing is left on the machine when it is over: the unit is transient and is
 * forgotten even when it failed.
 *
 * The unit gets no more CPU time than asked, in no case everything, and yields to everything else on the machine. Fails when `program` is
 * not there; that it goes on after its first moment is told by `stressState` alone.
 *
 * @param program Absolute path of stress-ng there.
 * @param cpus Processors of the machine.
 */
export function startStress(program: string, cpus: number, load: StressLoad): Command<'changes'> {
  const properties = [
    // Only this type reports that the program cannot be run.
    'Type=exec',
    `RuntimeMaxSec=${load.seconds + GRACE_SECONDS}`,
    'TimeoutStopSec=5',
    'CPUAccounting=yes',
    `CPUQuota=${cpuQuota(cpus, load.cpuPercent)}%`,
    'CPUWeight=20',
    'Nice=10',
    'OOMScoreAdjust=900',
    ...(load.memoryBytes === undefined ? [] : [`MemoryMax=${load.memoryBytes + OWN_BYTES}`]),
  ].flatMap((property) => ['-p', property]);
  const memory =
    load.memoryBytes === undefined ? [] : ['--vm', 1, '--vm-bytes', load.memoryBytes, '--vm-keep'];
  return changes`${stopStress()}
systemd-run --collect --unit ${STRESS_UNIT} --description ${'kmon: stress test'} ${properties} ${program} --cpu ${cpus} --cpu-load ${load.cpuPercent} ${memory} --timeout ${`${load.seconds}s`} --temp-path /tmp --quiet`;
}

/** Ends the load at once; fine when there is none. Fails when it goes on all the same. */
export function stopStress(): Command<'changes'> {
  return changes`systemctl stop ${STRESS_UNIT} 2>/dev/null || ! systemctl is-active --quiet ${STRESS_UNIT}`;
}

/** Asks whether a load runs; see `parseStress`. */
export function stressState(): Command<'reads'> {
  return withOptions(
    reads`systemctl show ${STRESS_UNIT} -p ActiveState -p ExecMainStartTimestamp -p CPUUsageNSec`,
    { ok: 'any' },
  );
}

export interface StressState {
  readonly running: boolean;
  /** Processor time used so far, in seconds; absent when systemd does not count it. */
  readonly cpuSeconds?: number;
}

/** A machine without systemd, or with an answer of another kind, runs no load of kmon. */
export function parseStress(result: ExecResult): StressState {
  const value = (name: string): string =>
    new RegExp(`^${name}=(.*)$`, 'm').exec(result.stdout)?.[1]?.trim() ?? '';
  const nanoseconds = value('CPUUsageNSec');
  return {
    running: ['active', 'activating', 'deactivating'].includes(value('ActiveState')),
    // "[not set]", or the largest number of 64 bits in older versions.
    ...(/^\d{1,18}$/.test(nanoseconds) ? { cpuSeconds: Number(nanoseconds) / 1e9 } : {}),
  };
}

/** The share of CPU time for systemd, in percent of one core. */
export function cpuQuota(cpus: number, cpuPercent: number): number {
  return Math.max(5, Math.min(Math.round(cpus * cpuPercent), cpus * 100 - RESERVED_PERCENT));
}

/**
 * How much memory a load may fill: the percentage asked, less where too little would be left for the machine; `undefined` when there is no
 * room for any.
 */
export function memoryToFill(machine: {
  readonly memoryBytes: number;
  readonly percent: number;
}): number | undefined {
  const asked = Math.floor((machine.memoryBytes * machine.percent) / 100);
  const bytes = Math.min(asked, machine.memoryBytes - RESERVED_BYTES);
  return bytes < 64 * 1024 * 1024 ? undefined : bytes;
}
