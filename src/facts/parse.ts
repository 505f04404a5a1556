import { parseAddressing } from './addressing.js';
import { clockOffset, toldTimes } from './clock.js';
import type { RoundTrip } from './clock.js';
import { parseFileSystems, parseNoexec } from './file-systems.js';
import { parseKernel } from './kernel.js';
import { parseLedger } from './ledger.js';
import { count, FactLines, words } from './lines.js';
import { parseNetwork } from './network.js';
import { parseOtherKubernetes } from './other-kubernetes.js';
import { parseBattery, parsePowerProfile, parseSleep } from './power.js';
import { parseProxies } from './proxy.js';
import { parsePackages } from './packages.js';
import { parseSoftware } from './software.js';
import { virtualization } from './virtualization.js';
import type { Facts } from './facts.js';
import { readOs } from './os-release.js';

/**
 * What the facts script printed, as data. Pure. A value that is missing or makes no sense becomes empty, 0 or absent.
 *
 * @throws KmonError `command` when the marks are missing.
 */
export function parseFacts(stdout: string, trip: RoundTrip): Facts {
  const lines = new FactLines(stdout);
  const lock = parseLock(lines.text('apt-lock'));
  const battery = parseBattery(lines.all('power'));
  const powerProfile = parsePowerProfile(lines);
  const network = parseNetwork(lines);
  const software = parseSoftware(lines);
  const ledger = parseLedger(lines);
  return {
    hostname: lines.text('hostname'),
    machineId: lines.text('machine-id'),
    loginUser: lines.text('login'),
    model: lines.text('model'),
    productUuid: lines.text('product-uuid').toLowerCase(),
    virtualization: virtualization(lines),
    os: parseOs(lines),
    architecture: lines.text('dpkg-architecture') || debianName(lines.text('machine')),
    kernel: lines.text('release'),
    cpus: countList(words(status(lines, 'Cpus_allowed_list'))[0] ?? ''),
    memoryBytes: parseMemory(lines, 'MemTotal'),
    memoryAvailableBytes: parseMemory(lines, 'MemAvailable'),
    ...parseDisks(lines.all('disk')),
    fileSystems: parseFileSystems(lines.all('disk')),
    unwritable: lines.all('unwritable'),
    noexec: parseNoexec(lines.file('/proc/self/mounts')),
    ...parseCgroup(lines),
    container: lines.has('container'),
    mayRaiseLimits: hasCapability(status(lines, 'CapEff'), CAP_SYS_RESOURCE),
    swap: lines.text('swap') !== '',
    systemd: lines.has('systemd'),
    apt: lines.has('apt'),
    ...(lock === undefined ? {} : { aptLock: lock }),
    ...parsePackages(lines),
    ...network,
    addressing: parseAddressing(lines),
    ...parseResolves(lines.text('resolves')),
    clockOffsetMs: clockOffset(toldTimes(lines), trip),
    ...(battery === undefined ? {} : { battery }),
    sleep: parseSleep(lines),
    ...(powerProfile === undefined ? {} : { powerProfile }),
    ...parseProxies(lines),
    kernelFeatures: parseKernel(lines),
    ...software,
    otherKubernetes: parseOtherKubernetes(lines, network.listeners, software.units),
    sensors: [...new Set(lines.all('sensor').filter((name) => name !== ''))],
    kubernetesFiles: lines.all('kubernetes-file'),
    ...parseCluster(lines),
    ...(lines.has('foreign-kubelet') ? { foreignKubelet: true } : {}),
    ...(ledger === undefined ? {} : { ledger }),
  };
}

function parseResolves(answer: string): Pick<Facts, 'hostnameResolves'> {
  return answer === '' ? {} : { hostnameResolves: answer === 'yes' };
}

/** `mode: "nftables"` and `kubernetesVersion: "v1.36.3"` in what kubeadm was told; without the file of a control plane, no cluster came of it. */
function parseCluster(lines: FactLines): Pick<Facts, 'proxyMode' | 'clusterVersion'> {
  if (!lines.all('kubernetes-file').includes('/etc/kubernetes/admin.conf')) return {};
  const told = lines.file('/etc/kmon/kubeadm-init.yaml');
  const proxyMode = (['iptables', 'nftables'] as const).find((mode) => told.includes(`mode: "${mode}"`));
  const clusterVersion = told.flatMap((line) => /^kubernetesVersion: "(v[^"]+)"$/.exec(line)?.[1] ?? [])[0];
  return {
    ...(proxyMode === undefined ? {} : { proxyMode }),
    ...(clusterVersion === undefined ? {} : { clusterVersion }),
  };
}

function parseCgroup(lines: FactLines): Pick<Facts, 'cgroup' | 'cgroupControllers' | 'memoryCgroupOff'> {
  return {
    cgroup: lines.text('cgroup') === '2' ? 2 : 1,
    ...(lines.has('controllers')
      ? { cgroupControllers: words(lines.text('controllers')).filter((name) => name !== '') }
      : {}),
    memoryCgroupOff: lines.has('memory-off'),
  };
}

/** Bit of CAP_SYS_RESOURCE in the capability masks of /proc (linux/capability.h). */
const CAP_SYS_RESOURCE = 24n;

function hasCapability(mask: string, bit: bigint): boolean {
  return /^[0-9a-f]{1,16}$/.test(mask) && ((BigInt(`0x${mask}`) >> bit) & 1n) === 1n;
}

/** A line of /proc/self/status. It is grep's own, which may do what the shell may and runs where the shell runs. */
function status(lines: FactLines, key: string): string {
  const line = lines.file('/proc/self/status').find((l) => l.startsWith(`${key}:`));
  return line?.slice(key.length + 1).trim() ?? '';
}

/** How many numbers are in `0-3,8`. */
function countList(list: string): number {
  if (!/^\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?)*$/.test(list)) return 0;
  return list.split(',').reduce((sum, part) => {
    const [from, to = from] = part.split('-').map(Number);
    return sum + Math.max((to ?? 0) - (from ?? 0) + 1, 0);
  }, 0);
}

/** os-release(5): /etc has the last word. */
function parseOs(lines: FactLines): Facts['os'] {
  const own = lines.file('/etc/os-release');
  return readOs({
    osRelease: own.length > 0 ? own : lines.file('/usr/lib/os-release'),
    upstreamRelease: lines.file('/etc/upstream-release/lsb-release'),
    debianVersion: lines.text('debian-version'),
  });
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
function parseMemory(lines: FactLines, key: string): number {
  const line = lines.file('/proc/meminfo').find((l) => l.startsWith(`${key}:`));
  return count(words(line ?? '')[1]) * 1024;
}

/** `20120130 4096 16318219 16777216 …`: free blocks, their size, free inodes, all inodes; the fullest file system counts. */
function parseDisks(lines: readonly string[]): Pick<Facts, 'freeDiskBytes' | 'freeInodes' | 'totalInodes'> {
  const disks = lines.flatMap((line) => {
    const numbers = words(line).slice(0, 4);
    if (numbers.length !== 4 || numbers.some((n) => !/^\d{1,15}$/.test(n))) return [];
    const [blocks = 0, size = 0, freeInodes = 0, totalInodes = 0] = numbers.map(Number);
    return [{ freeDiskBytes: blocks * size, freeInodes, totalInodes }];
  });
  const [fewest] = disks.filter((d) => d.totalInodes > 0).sort((a, b) => a.freeInodes - b.freeInodes);
  return {
    freeDiskBytes: disks.length === 0 ? 0 : Math.min(...disks.map((d) => d.freeDiskBytes)),
    freeInodes: fewest?.freeInodes ?? 0,
    totalInodes: fewest?.totalInodes ?? 0,
  };
}

/** `/var/lib/dpkg/lock-frontend 812 apt-get` */
function parseLock(line: string): Facts['aptLock'] {
  const [file = '', pid, ...process] = line.split(' ');
  return file === '' ? undefined : { file, pid: count(pid), process: process.join(' ') };
}
