import type { Facts, KernelFeature } from './facts.js';
import { count, FactLines, words } from './facts-lines.js';
import { parseNetwork } from './facts-network.js';
import { parseSoftware } from './facts-software.js';

/** When the question left and when the answer was here, by this computer's clock, in milliseconds since the epoch. */
export interface RoundTrip {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/**
 * What the facts script printed, as data. Pure. A value that is missing or makes no sense becomes empty, 0 or absent.
 *
 * @throws KmonError `command` when the marks are missing.
 */
export function parseFacts(stdout: string, trip: RoundTrip): Facts {
  const lines = new FactLines(stdout);
  const [machine = '', kernel = ''] = words(lines.text('uname'));
  const lock = parseLock(lines.text('apt-lock'));
  const battery = parsePower(lines.all('power'));
  return {
    hostname: lines.text('hostname'),
    machineId: lines.text('machine-id'),
    loginUser: lines.text('login'),
    model: lines.text('model'),
    productUuid: lines.text('product-uuid').toLowerCase(),
    virtualization: lines.text('virtualization'),
    os: parseOs(lines.all('os')),
    architecture: lines.text('dpkg-architecture') || debianName(machine),
    kernel,
    cpus: count(lines.text('cpus')),
    memoryBytes: parseMemory(lines.all('memory'), 'MemTotal'),
    memoryAvailableBytes: parseMemory(lines.all('memory'), 'MemAvailable'),
    // `df -P`: device, blocks, used, available, percent, mount point; a device may hold blanks, the numbers cannot.
    freeDiskBytes: available(lines.text('disk')) * 1024,
    freeInodes: available(lines.text('inodes')),
    totalInodes: 0,
    addressing: [],
    sleep: { lid: false, prevented: false },
    otherKubernetes: [],
    cgroup: lines.text('cgroup') === '2' ? 2 : 1,
    container: lines.has('container'),
    mayRaiseLimits: hasCapability(lines.text('capabilities'), CAP_SYS_RESOURCE),
    swap: lines.text('swap') !== '',
    systemd: lines.has('systemd'),
    apt: lines.has('apt'),
    ...(lock === undefined ? {} : { aptLock: lock }),
    ...parseNetwork(lines),
    clockOffsetMs: clockOffset(lines.all('clock'), trip),
    ...(battery === undefined ? {} : { battery }),
    kernelFeatures: parseKernel(lines.all('kernel')),
    ...parseSoftware(lines),
    sensors: [...new Set(lines.all('sensor').filter((name) => name !== ''))],
    kubernetesFiles: lines.all('kubernetes-file'),
    ledgerEntries: count(lines.text('ledger')),
  };
}

/** Bit of CAP_SYS_RESOURCE in the capability masks of /proc (linux/capability.h). */
const CAP_SYS_RESOURCE = 24n;

function hasCapability(mask: string, bit: bigint): boolean {
  return /^[0-9a-f]{1,16}$/.test(mask) && ((BigInt(`0x${mask}`) >> bit) & 1n) === 1n;
}

/** `KEY=value` lines in shell syntax (os-release(5)). */
function parseOs(lines: readonly string[]): Facts['os'] {
  const values = new Map(
    lines.flatMap((line) => {
      const [, key = '', value = ''] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
      return key === '' ? [] : [[key, unquote(value)] as const];
    }),
  );
  const id = values.get('ID') ?? '';
  return {
    id,
    like: (values.get('ID_LIKE') ?? '').split(' ').filter((word) => word !== ''),
    version: values.get('VERSION_ID') ?? '',
    codename: values.get('VERSION_CODENAME') ?? '',
    name: values.get('PRETTY_NAME') ?? id,
  };
}

function unquote(value: string): string {
  const inner = /^(["'])(.*)\1$/.exec(value.trim())?.[2];
  return inner === undefined ? value.trim() : inner.replaceAll(/\\(["'\\$`])/g, '$1');
}

/** Debian's names for what the kernel calls a machine. */
function debianName(machine: string): string {
  const names: Readonly<Record<string, string>> = {
    x86_64: 'amd64',
    aarch64: 'arm64',
    armv7l: 'armhf',
    i686: 'i386',
    ppc64le: 'ppc64el',
  };
  return names[machine] ?? machine;
}

/** `MemTotal:       24684084 kB` */
function parseMemory(lines: readonly string[], key: string): number {
  const line = lines.find((l) => l.startsWith(`${key}:`));
  return count(words(line ?? '')[1]) * 1024;
}

function available(line: string): number {
  return count(/\s\d+\s+\d+\s+(\d+)\s+(?:\d+%|-)\s/.exec(`${line} `)?.[1]);
}

/** `/var/lib/dpkg/lock-frontend 812 apt-get` */
function parseLock(line: string): Facts['aptLock'] {
  const [file = '', pid, ...process] = line.split(' ');
  return file === '' ? undefined : { file, pid: count(pid), process: process.join(' ') };
}

/** `Battery,System,-,87,Discharging`, one a power supply. A battery of scope "Device" is that of a mouse. */
function parsePower(lines: readonly string[]): Facts['battery'] {
  const supplies = lines.map((line) => line.split(','));
  const batteries = supplies.filter(([type, scope]) => type === 'Battery' && scope !== 'Device');
  const first = batteries[0];
  if (first === undefined) return undefined;
  const percent = count(first[3]);
  return {
    discharging: batteries.some((b) => b[4] === 'Discharging'),
    ...(percent === 0 ? {} : { percent }),
  };
}

function parseKernel(lines: readonly string[]): Facts['kernelFeatures'] {
  const told = new Map(lines.map((line) => [words(line)[0], words(line)[1]]));
  const state = (name: KernelFeature): 'present' | 'loadable' | 'missing' => {
    const value = told.get(name);
    return value === 'present' || value === 'loadable' ? value : 'missing';
  };
  return {
    overlay: state('overlay'),
    br_netfilter: state('br_netfilter'),
    vxlan: state('vxlan'),
    nf_conntrack: state('nf_conntrack'),
  };
}

/**
 * The machine tells its time when it begins and when it ends; in the middle of the two it was the middle of the round trip here. Wrong by
 * at most half the time the network took, 0 when the machine tells no time.
 */
function clockOffset(clocks: readonly string[], trip: RoundTrip): number {
  const times = clocks.flatMap((clock) => {
    // Seconds and nanoseconds as one number; a `date` without %N prints the seconds and perhaps the letters.
    const [, seconds, nanos = ''] = /^(\d{10})(\d{9})?/.exec(clock) ?? [];
    return seconds === undefined ? [] : [Number(seconds) * 1000 + Number(nanos.slice(0, 3) || 500)];
  });
  if (times.length === 0) return 0;
  const there = times.reduce((sum, time) => sum + time, 0) / times.length;
  return Math.round(there - (trip.sentAt + trip.receivedAt) / 2);
}
