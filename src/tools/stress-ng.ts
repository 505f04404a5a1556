import { changes, reads, withOptions, type Command } from '../shell/command.js';
import { quote } from '../shell/quote.js';
import type { ExecResult } from '../transport/transport.js';

/** A stretch of a load of one machine; what is absent is left alone, and one that asks for nothing is a rest. */
export interface StressPhase {
  readonly seconds: number;
  /** Of all cores together, 1 to 100. */
  readonly cpuPercent?: number;
  /** Memory to fill and hold. See `memoryToFill`. */
  readonly memoryBytes?: number;
  /** Size of the file that is written and read again and again. See `diskToFill`. */
  readonly diskBytes?: number;
}

/** The transient unit's name: one load at a time on a machine. */
export const STRESS_UNIT = 'kmon-stress.service';

/** How long stress-ng has after its own deadline before systemd ends it. */
const GRACE_SECONDS = 10;

/** What the load may not have, so that kubelet, sshd and the exporter go on: a fifth of one core. */
const RESERVED_PERCENT = 20;

/** What the load may not have of the memory; the kubelet evicts pods below 100 MiB. */
const RESERVED_BYTES = 768 * 1024 * 1024;

/** What it may not have of the disk: the kubelet evicts pods below 1 GiB, and images and logs go on coming. */
const RESERVED_DISK_BYTES = 2 * 1024 * 1024 * 1024;

/** Less is not worth the while. */
const LEAST_BYTES = 64 * 1024 * 1024;
const LEAST_DISK_BYTES = 16 * 1024 * 1024;

/** More than stress-ng itself needs beside what it is told to fill. */
export const OWN_BYTES = 128 * 1024 * 1024;

/** Of all cores together: what filling memory or writing a file may take of them where no processor is to be loaded. */
const BESIDE_PERCENT = 25;

/** Of a second: a disk is kept busy, and not worn out. Where systemd cannot tell the device, or has no controller for it, it is not bounded. */
const DISK_SPEED = '100M';

/** Where the file of a load lies: on a disk, and below a folder that systemd makes for the unit and removes with it, whatever ended it. */
const DISK_FOLDER = '/var/tmp';

/**
 * Starts the load and returns. It ends by itself: by stress-ng's own timeouts, and should they fail by systemd's, whether or not anybody is
 * still connected. A load that runs already is replaced. Nothing is left on the machine when it is over: the unit is transient and is
 * forgotten even when it failed, and so is its folder of temporary files.
 *
 * Several phases are several calls of stress-ng in the one unit, since a job file of stress-ng (0.15) has each of its options but once. The first
 * one that fails ends the load.
 *
 * The unit gets no more CPU time than its highest phase asks, in no case everything, and yields to everything else on the machine. Fails when
 * `program` is not there; that it goes on after its first moment is told by `stressState` alone.
 *
 * @param program Absolute path of stress-ng there.
 * @param cpus Processors of the machine.
 * @param phases At least one.
 */
export function startStress(
  program: string,
  cpus: number,
  phases: readonly StressPhase[],
): Command<'changes'> {
  const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0);
  const memoryBytes = Math.max(...phases.map((p) => p.memoryBytes ?? 0));
  const onDisk = phases.some((p) => p.diskBytes !== undefined);
  const properties = [
    // Only this type reports that the program cannot be run.
    'Type=exec',
    `RuntimeMaxSec=${seconds + GRACE_SECONDS + phases.length - 1}`,
    'TimeoutStopSec=5',
    'CPUAccounting=yes',
    `CPUQuota=${cpuQuota(cpus, processorsOfAll(phases))}%`,
    'CPUWeight=20',
    'Nice=10',
    'OOMScoreAdjust=900',
    ...(memoryBytes === 0 ? [] : [`MemoryMax=${memoryBytes + OWN_BYTES}`]),
    ...(onDisk
      ? [
          'PrivateTmp=yes',
          'IOWeight=20',
          `IOReadBandwidthMax=${DISK_FOLDER} ${DISK_SPEED}`,
          `IOWriteBandwidthMax=${DISK_FOLDER} ${DISK_SPEED}`,
        ]
      : []),
  ].flatMap((property) => ['-p', property]);
  // A shell would start although the program is not there.
  const needs = phases.length === 1 ? changes`` : changes`test -x ${program} && `;
  return changes`${stopStress()}
${needs}systemd-run --collect --unit ${STRESS_UNIT} --description ${'kmon: stress test'} ${properties} ${stressWords(program, cpus, phases, { own: '/tmp', disk: DISK_FOLDER })}`;
}

/** Folders of the machine, or of the container. */
export interface StressFolders {
  readonly own: string;
  readonly disk: string;
}

/**
 * What is run for a load: stress-ng itself, or a shell that calls it for one phase after the other.
 *
 * @param folders where stress-ng keeps what it needs itself, and where the file of a load on the disk lies; it must be able to write there
 */
export function stressWords(
  program: string,
  cpus: number,
  phases: readonly StressPhase[],
  folders: StressFolders,
): readonly (string | number)[] {
  const calls = phases.map((phase) => callOf(program, cpus, phase, folders));
  const [only = []] = calls;
  if (calls.length === 1) return only;
  return ['sh', '-c', calls.map((call) => call.map((word) => quote(String(word))).join(' ')).join(' && ')];
}

/** Of all cores together, in percent: what the highest phase takes of them. */
export function processorsOfAll(phases: readonly StressPhase[]): number {
  return Math.max(...phases.map(processorsOf));
}

function processorsOf({ cpuPercent, memoryBytes, diskBytes }: StressPhase): number {
  return cpuPercent ?? (memoryBytes === undefined && diskBytes === undefined ? 1 : BESIDE_PERCENT);
}

function callOf(
  program: string,
  cpus: number,
  phase: StressPhase,
  folders: StressFolders,
): readonly (string | number)[] {
  const { seconds, cpuPercent, memoryBytes, diskBytes } = phase;
  const words = [
    ...(cpuPercent === undefined ? [] : ['--cpu', cpus, '--cpu-load', cpuPercent]),
    // Written once and then held: without the endless pause it would be written again and again, by a whole processor.
    ...(memoryBytes === undefined ? [] : ['--vm', 1, '--vm-bytes', memoryBytes, '--vm-keep', '--vm-hang', 0]),
    ...(diskBytes === undefined ? [] : ['--hdd', 1, '--hdd-bytes', diskBytes, '--hdd-opts', 'fdatasync']),
  ];
  if (words.length === 0) return ['sleep', seconds];
  const folder = diskBytes === undefined ? folders.own : folders.disk;
  return [program, ...words, '--timeout', `${seconds}s`, '--temp-path', folder, '--quiet'];
}

/** Asks what is free where the file of a load lies; see `parseFreeForLoad`. */
export function freeForLoad(): Command<'reads'> {
  return withOptions(reads`LC_ALL=C stat -f -c ${'%T %a %S'} ${DISK_FOLDER}`, { ok: 'any' });
}

/** `inMemory`: what lies there takes memory and no disk. `undefined`: there is no such folder, or nobody can tell. */
export function parseFreeForLoad({
  stdout,
}: ExecResult): { readonly freeBytes: number; readonly inMemory: boolean } | undefined {
  const [, type, blocks, size] = /^(\S+) (\d{1,15}) (\d{1,9})$/.exec(stdout.trim()) ?? [];
  if (type === undefined) return undefined;
  return { freeBytes: Number(blocks) * Number(size), inMemory: /^(tmpfs|ramfs)$/.test(type) };
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

/** The last that systemd and stress-ng said of the load of this boot. */
export function lastWordsOfStress(): Command<'reads'> {
  return withOptions(reads`journalctl --boot --unit ${STRESS_UNIT} --lines 3 --output cat --quiet`, {
    ok: 'any',
  });
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

/** How much memory a load may fill at most, of what is available; 0 when there is no room for any. */
export function memoryToFill({ availableBytes }: { readonly availableBytes: number }): number {
  const most = availableBytes - RESERVED_BYTES;
  return most < LEAST_BYTES ? 0 : most;
}

/** How large the file of a load may be at most; 0 when there is no room for any. */
export function diskToFill({ freeBytes }: { readonly freeBytes: number }): number {
  const most = freeBytes - RESERVED_DISK_BYTES;
  return most < LEAST_DISK_BYTES ? 0 : most;
}
