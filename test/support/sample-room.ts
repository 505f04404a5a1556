import type { Bundle } from '../../src/bundle/bundle.js';
import type { Config } from '../../src/config/config.js';
import { DEFAULTS } from '../../src/config/defaults.js';
import type { Clock } from '../../src/engine/clock.js';
import type { ComputersApart } from '../../src/engine/deps.js';
import type { LedgerFacts } from '../../src/facts/ledger.js';
import type { Facts } from '../../src/facts/facts.js';
import type { Machine, Role } from '../../src/room/machine.js';

export const PARENT: Machine = { name: 'pc-10', address: '192.0.2.10', role: 'parent' };
export const CHILD: Machine = { name: 'pc-11', address: '192.0.2.11', role: 'child', team: 'red' };
export const OTHER: Machine = { name: 'pc-12', address: '192.0.2.12', role: 'child' };

/** Of a run in which no observed computer has a part: asking for one is a defect. */
export const NO_COMPUTERS: ComputersApart = {
  reach: ({ name }) => Promise.reject(new Error(`nobody should look at ${name}`)),
  ledger: ({ name }) => {
    throw new Error(`${name} needs no ledger`);
  },
};

/** A room of a parent and two children, everything else as kmon.yaml leaves it, with the small monitoring. Nothing of it exists: addresses are for documentation. */
export function sampleConfig(more: Partial<Config> = {}): Config {
  return {
    file: '/srv/atelier-1/kmon.yaml',
    stateDir: '/srv/atelier-1/.kmon',
    room: { name: 'atelier-1', parent: PARENT, children: [CHILD, OTHER], observed: [] },
    logins: {},
    knownHostsFiles: [],
    ...DEFAULTS,
    monitoring: { ...DEFAULTS.monitoring, profile: 'lite' },
    ...more,
  };
}

/** What the ledger of a machine tells that this room has made a node of it; what is `undefined` is not told. */
export function ownLedger(
  role: Role = 'child',
  more: { readonly [K in keyof LedgerFacts]?: LedgerFacts[K] | undefined } = {},
): LedgerFacts {
  const told = {
    entries: 9,
    since: '2026-11-29T08:00:00.000Z',
    room: { id: 'the-room', name: 'atelier-1', parent: PARENT.address, role, by: 'ada@desk' },
    nodeBefore: [],
    kubelet: true,
    packages: true,
    ...more,
  };
  return Object.fromEntries(
    Object.entries(told).filter(([, value]) => value !== undefined),
  ) as unknown as LedgerFacts;
}

/** Facts of a fresh machine of that room, with nothing in the way. */
export function sampleFacts(machine: Machine, more: Partial<Facts> = {}): Facts {
  return {
    hostname: machine.name,
    machineId: machine.name,
    os: {
      id: 'debian',
      like: [],
      version: '13',
      codename: 'trixie',
      name: 'Debian GNU/Linux 13 (trixie)',
      base: { distribution: 'debian', codename: 'trixie', version: '13' },
    },
    loginUser: 'student',
    model: '',
    productUuid: '',
    virtualization: 'none',
    architecture: 'amd64',
    kernel: '6.12.0',
    cpus: 4,
    memoryBytes: 8 * 1024 ** 3,
    memoryAvailableBytes: 6 * 1024 ** 3,
    freeDiskBytes: 100 * 1024 ** 3,
    freeInodes: 1_000_000,
    totalInodes: 2_000_000,
    addressing: [],
    hostnameResolves: true,
    sleep: { lid: false, prevented: false },
    otherKubernetes: [],
    fileSystems: { '/var/lib': 'ext2/ext3' },
    unwritable: [],
    noexec: {},
    cgroup: 2,
    // Those of both versions, so that a test may say the other one.
    cgroupControllers: ['cpuset', 'cpu', 'cpuacct', 'devices', 'freezer', 'io', 'memory', 'pids'],
    memoryCgroupOff: false,
    unfinishedPackages: [],
    dpkgStopped: false,
    container: false,
    mayRaiseLimits: true,
    swap: false,
    systemd: true,
    apt: true,
    links: [],
    addresses: [{ device: 'eth0', address: machine.address, prefix: 24 }],
    routes: [
      { destination: 'default', device: 'eth0', via: '192.0.2.1' },
      { destination: '192.0.2.0/24', device: 'eth0' },
    ],
    routeToParent: { source: machine.address, device: 'eth0' },
    listeners: [],
    clockOffsetMs: 0,
    timeSync: { service: 'systemd-timesyncd', synchronized: true },
    kernelFeatures: {
      overlay: 'present',
      br_netfilter: 'present',
      vxlan: 'present',
      nf_conntrack: 'present',
    },
    nameServers: ['192.0.2.1'],
    firewalls: [],
    packetRules: {},
    iptablesIsLegacy: false,
    units: {},
    sensors: ['coretemp'],
    kubernetesFiles: [],
    ...more,
  };
}

/** An offline bundle of Kubernetes 1.36 for that room, of one part a kind; its files do not exist. */
export function sampleBundle(): Bundle {
  const both = { version: 'v1.36.3', for: ['parent', 'child'] as const, images: [], sizeBytes: 40_000_000 };
  return {
    folder: '/srv/bundle',
    name: 'lab',
    kubernetes: 'v1.36.3',
    architectures: ['amd64'],
    parts: [
      { ...both, name: 'kubeadm', kind: 'binary', file: 'bin/kubeadm', sha256: 'a'.repeat(64) },
      {
        ...both,
        name: 'kmon-lite',
        kind: 'chart',
        file: 'charts/kmon-lite-0.1.0.tgz',
        sha256: 'b'.repeat(64),
        for: ['parent'],
      },
      {
        ...both,
        name: 'node',
        kind: 'images',
        file: 'images/node.tar',
        sha256: 'c'.repeat(64),
        images: ['registry.test/pause:3.2', 'registry.test/kube-proxy:v1.36.3'],
      },
      {
        ...both,
        name: 'monitoring',
        kind: 'images',
        file: 'images/monitoring.tar',
        sha256: 'd'.repeat(64),
        images: ['registry.test/prometheus:2.42', 'registry.test/node-exporter:1.5'],
      },
    ],
  };
}

/** Time that passes only while somebody sleeps. Begins at 2026-01-01. */
export function fakeClock(): Clock {
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
    },
  };
}
