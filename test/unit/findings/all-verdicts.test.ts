import { supplyFor } from '../../../src/artifacts/supply-for.js';
import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import type { Finding } from '../../../src/findings/index.js';
import type { Facts, Listener } from '../../../src/facts/facts.js';
import type { Machine } from '../../../src/room/machine.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import {
  CHILD,
  OTHER,
  ownLedger,
  PARENT,
  sampleBundle,
  sampleConfig,
  sampleFacts,
} from '../../support/sample-room.js';
import { factsOf } from '../facts/recorded.js';

const config = sampleConfig();
const ROOM = [PARENT, CHILD, OTHER];
const GIB = 1024 ** 3;

/** What is found in a clean room in which some machines are different. */
function found(
  different: Readonly<Record<string, Partial<Facts>>>,
  {
    bundle = false,
    of = config,
    only = ROOM,
  }: { bundle?: boolean; of?: typeof config; only?: readonly Machine[] } = {},
): readonly Finding[] {
  const facts = new Map(only.map((m) => [m.name, sampleFacts(m, different[m.name])]));
  return verdicts({
    config: of,
    factsOf: facts,
    supply: supplyFor(of, bundle ? sampleBundle() : undefined),
    unseen: [],
  });
}

const listener = (port: number, process: string, more: Partial<Listener> = {}): Listener => ({
  protocol: 'tcp',
  port,
  address: '0.0.0.0',
  process,
  pid: 812,
  ...more,
});

const route = (destination: string, device: string): Facts['routes'] => [{ destination, device }];
const v134 = sampleConfig({ kubernetes: { ...DEFAULTS.kubernetes, version: '1.34' } });

describe('a clean room', () => {
  it('gives nothing to say', () => {
    expect(found({})).toEqual([]);
    expect(found({}, { bundle: true })).toEqual([]);
    expect(found({}, { only: [] })).toEqual([]);
  });

  it('gives nothing to say although machines of it do not answer', () => {
    expect(found({}, { only: [OTHER] })).toEqual([]);
  });
});

describe.each<[string, string, Partial<Facts>, Machine, Pick<Finding, 'code' | 'severity' | 'evidence'>]>([
  [
    'no systemd',
    '',
    { systemd: false },
    CHILD,
    { code: 'K-SYSTEMD', severity: 'stops', evidence: 'systemd does not run here' },
  ],
  [
    'no apt',
    '',
    { apt: false },
    CHILD,
    { code: 'K-OS', severity: 'stops', evidence: 'Debian GNU/Linux 13 (trixie) has no apt' },
  ],
  [
    'one CPU',
    'parent',
    { cpus: 1 },
    PARENT,
    { code: 'K-CPU', severity: 'stops', evidence: '1 CPU, the control plane needs 2' },
  ],
  [
    'too little memory',
    'parent',
    { memoryBytes: 1.5 * GIB },
    PARENT,
    { code: 'K-MEMORY', severity: 'stops', evidence: '1.5 GiB of memory' },
  ],
  [
    'little memory',
    'parent',
    { memoryBytes: 3 * GIB },
    PARENT,
    {
      code: 'K-MEMORY',
      severity: 'hurts',
      evidence:
        '3.0 GiB of memory is little for Prometheus beside the control plane: with the profile lite and 2 children it wants 3.5 GiB',
    },
  ],
  [
    'little memory',
    'child',
    { memoryBytes: 0.5 * GIB },
    CHILD,
    { code: 'K-MEMORY', severity: 'hurts', evidence: '0.5 GiB of memory' },
  ],
  [
    'a full disk',
    '',
    { freeDiskBytes: 2 * GIB },
    CHILD,
    { code: 'K-DISK', severity: 'stops', evidence: '2.0 GiB free below /var/lib' },
  ],
  [
    'a nearly full disk',
    '',
    { freeDiskBytes: 5 * GIB },
    CHILD,
    { code: 'K-DISK', severity: 'hurts', evidence: '5.0 GiB free below /var/lib' },
  ],
  [
    'an earlier cluster',
    '',
    { kubernetesFiles: ['/etc/kubernetes/admin.conf'] },
    CHILD,
    {
      code: 'K-LEFTOVER',
      severity: 'stops',
      evidence: 'an earlier cluster is here (/etc/kubernetes/admin.conf) that kmon did not make',
    },
  ],
  [
    'a port taken',
    '',
    { listeners: [listener(10250, 'k3s-agent')] },
    CHILD,
    { code: 'K-PORT-TAKEN', severity: 'stops', evidence: 'port 10250 is taken by k3s-agent (pid 812)' },
  ],
  [
    'a port taken by nobody knows whom',
    '',
    { listeners: [{ protocol: 'tcp', port: 6443, address: '::' }] },
    PARENT,
    { code: 'K-PORT-TAKEN', severity: 'stops', evidence: 'port 6443 is taken by an unknown program' },
  ],
  [
    'a clock that is wrong',
    '',
    { clockOffsetMs: -40_000 },
    CHILD,
    { code: 'K-CLOCK', severity: 'stops', evidence: "clock 40 s behind the room's median" },
  ],
  [
    'a clock that is a little wrong',
    '',
    { clockOffsetMs: 20_000 },
    CHILD,
    { code: 'K-CLOCK', severity: 'hurts', evidence: "clock 20 s ahead of the room's median" },
  ],
  [
    'control groups of the first kind',
    '',
    { cgroup: 1 },
    CHILD,
    {
      code: 'K-CGROUP',
      severity: 'hurts',
      evidence: 'cgroup v1, which Kubernetes 1.36 serves only when it is told to (kmon does)',
    },
  ],
  [
    'a route into the pods',
    '',
    { routes: route('10.244.0.0/16', 'tun0') },
    CHILD,
    {
      code: 'K-RANGE',
      severity: 'stops',
      evidence: 'pod range 10.244.0.0/16 overlaps the route 10.244.0.0/16 (tun0)',
    },
  ],
  [
    'a route around the services',
    '',
    { routes: route('10.0.0.0/8', 'tun0'), ledger: ownLedger('parent') },
    PARENT,
    {
      code: 'K-RANGE',
      severity: 'stops',
      evidence: 'service range 10.96.0.0/12 overlaps the route 10.0.0.0/8 (tun0)',
    },
  ],
])('%s (%s)', (_what, _where, facts, machine, expected) => {
  it('is found on that machine', () => {
    expect(found({ [machine.name]: facts })).toContainEqual(
      expect.objectContaining({ ...expected, machine: machine.name }),
    );
  });

  it('is no word about the others', () => {
    expect(found({ [machine.name]: facts }).filter((f) => f.machine !== machine.name)).toEqual([]);
  });
});

it('finds a machine that the bundle is not for', () => {
  expect(found({ [CHILD.name]: { architecture: 'arm64' } }, { bundle: true })).toMatchObject([
    {
      code: 'K-ARCH',
      severity: 'stops',
      machine: 'pc-11',
      evidence: 'the machine is arm64, the bundle amd64',
    },
  ]);
  expect(found({ [CHILD.name]: { architecture: 'arm64' } })).toEqual([]);
});

it('finds machines of one disk on each of them, and takes no id for none', () => {
  const same = { machineId: 'x' };
  expect(found({ 'pc-10': same, 'pc-12': same })).toMatchObject([
    {
      code: 'K-MACHINE-ID',
      severity: 'hurts',
      machine: 'pc-10',
      evidence: 'same machine-id as pc-12: a copied disk',
    },
    { code: 'K-MACHINE-ID', machine: 'pc-12', evidence: 'same machine-id as pc-10: a copied disk' },
  ]);
  expect(found({ 'pc-10': { machineId: '' }, 'pc-12': { machineId: '' } })).toEqual([]);
});

it('finds machines of one name, which is fine', () => {
  const same = { hostname: 'raspberrypi' };
  expect(found({ 'pc-10': same, 'pc-11': same, 'pc-12': same })).toMatchObject([
    {
      code: 'K-HOSTNAME',
      severity: 'note',
      machine: 'pc-10',
      evidence: 'same hostname (raspberrypi) as pc-11, pc-12',
    },
    { machine: 'pc-11' },
    { machine: 'pc-12', remedy: expect.stringContaining('the names of kmon.yaml') as string },
  ]);
});

describe('what is fine', () => {
  it.each<[string, Partial<Facts>, Machine]>([
    ['one CPU and 1 GiB on a child', { cpus: 1, memoryBytes: GIB }, CHILD],
    ['ports of the parent on a child', { listeners: [listener(6443, 'x'), listener(2379, 'x')] }, CHILD],
    ['the same ports in UDP', { listeners: [listener(10250, 'x', { protocol: 'udp' })] }, CHILD],
    ['another port', { listeners: [listener(22, 'sshd')] }, CHILD],
    ['five seconds', { clockOffsetMs: 5000 }, CHILD],
    ['the default route', { routes: [{ destination: 'default', device: 'eth0', via: '10.96.0.1' }] }, CHILD],
    [
      'what kmon left on an earlier run',
      { kubernetesFiles: ['/etc/kubernetes/kubelet.conf'], ledger: ownLedger() },
      CHILD,
    ],
    ['a route that nobody can read', { routes: route('unreachable', 'lo') }, CHILD],
  ])('%s', (_, facts, machine) => {
    expect(found({ [machine.name]: facts })).toEqual([]);
  });

  it('is cgroup v1 for a Kubernetes that takes it', () => {
    expect(found({ [CHILD.name]: { cgroup: 1 } }, { of: v134 })).toEqual([]);
  });

  it('are clocks that are all wrong alike', () => {
    const wrong = { clockOffsetMs: 3_600_000 };
    expect(found({ 'pc-10': wrong, 'pc-11': wrong, 'pc-12': wrong })).toEqual([]);
  });
});

describe("kmon's own", () => {
  const own = [
    listener(6443, 'kube-apiserver'),
    listener(2379, 'etcd'),
    listener(2380, 'etcd'),
    listener(10257, 'kube-controller'),
    listener(10259, 'kube-scheduler'),
    listener(10250, 'kubelet'),
    listener(10256, 'kube-proxy'),
    listener(10249, 'kube-proxy'),
    listener(9100, 'node_exporter'),
  ];
  const routes = [
    ...route('10.244.1.0/24', 'eth0'),
    ...route('10.244.0.0/16', 'eth0'),
    ...route('10.244.2.7', 'veth12'),
    ...route('10.244.0.0/24', 'cni0'),
  ];

  it('are no findings on a machine that kmon is at work on', () => {
    expect(found({ 'pc-10': { listeners: own, routes, ledger: ownLedger('parent') } })).toEqual([]);
  });

  it('are all of them findings where kmon never was', () => {
    const codes = found({ 'pc-10': { listeners: own, routes } }).map((f) => f.code);
    expect(codes.filter((c) => c === 'K-PORT-TAKEN' || c === 'K-EXPORTER')).toHaveLength(own.length);
    expect(codes).toContain('K-RANGE');
  });

  it('do not cover others on the same ports', () => {
    const k3s = listener(10250, 'k3s-server', { unit: 'k3s.service' });
    expect(found({ 'pc-10': { listeners: [...own, k3s], ledger: ownLedger('parent') } })).toMatchObject([
      { code: 'K-PORT-TAKEN', evidence: 'port 10250 is taken by k3s-server (pid 812)' },
    ]);
  });

  it('are no findings on the recorded parent of a real cluster', () => {
    const mark = {
      id: 'the-room',
      name: 'lab',
      parent: '10.77.0.10',
      role: 'parent',
      by: 'ada@desk',
    } as const;
    const ledger = ownLedger('parent', { room: mark });
    const recorded = { ...factsOf('parent-of-a-cluster'), ledger, clockOffsetMs: 0 };
    const room = { name: 'lab', parent: { ...PARENT, address: '10.77.0.10' }, children: [], observed: [] };
    const factsOfRoom = new Map([['pc-10', recorded]]);
    expect(
      verdicts({ config: { ...v134, room }, supply: supplyFor(v134), factsOf: factsOfRoom, unseen: [] }),
    ).toEqual([]);
  });
});

describe('the remedy for a port', () => {
  it.each<[string, Partial<Listener>, Machine, string]>([
    [
      'names the unit to stop, and the command for a child',
      { unit: 'k3s-agent.service' },
      CHILD,
      'stop it on that machine (sudo systemctl stop k3s-agent) and run `kmon join-child --only pc-11`',
    ],
    [
      'names the program where there is no unit',
      {},
      CHILD,
      'stop k3s-agent (pid 812) on that machine and run `kmon join-child --only pc-11`',
    ],
    [
      'names the command for a parent',
      { unit: 'k3s.service' },
      PARENT,
      'stop it on that machine (sudo systemctl stop k3s) and run `kmon init-parent`',
    ],
  ])('%s', (_, more, machine, remedy) => {
    const listeners = [listener(10250, 'k3s-agent', more)];
    expect(found({ [machine.name]: { listeners } })[0]?.remedy).toBe(remedy);
  });
});

it('says everything in words that can be shown: evidence without a full stop, a remedy that begins with what to do', () => {
  const worst: Partial<Facts> = {
    systemd: false,
    apt: false,
    cgroup: 1,
    cgroupControllers: ['cpu'],
    fileSystems: { '/var/lib': 'aufs' },
    unwritable: ['/etc'],
    noexec: { '/usr/bin': '/' },
    nameServers: ['127.0.0.1'],
    cpus: 1,
    memoryBytes: 1,
    freeDiskBytes: 0,
    architecture: 'arm64',
    machineId: 'same',
    hostname: 'same',
    kubernetesFiles: ['/etc/kubernetes/admin.conf'],
    listeners: [listener(10250, 'x')],
    routes: route('10.0.0.0/8', 'tun0'),
  };
  const all = found(
    { 'pc-10': { ...worst, clockOffsetMs: 1e6 }, 'pc-11': worst, 'pc-12': worst },
    { bundle: true },
  );
  expect(new Set(all.map((f) => f.code)).size).toBe(18);
  for (const { evidence, remedy } of all) {
    expect(evidence).not.toMatch(/[.\n]$/);
    expect(remedy).toMatch(/^[a-z].*[^.\s]$/);
  }
  // In the order of the room, whatever order the facts came in.
  expect([...new Set(all.map((f) => f.machine))]).toEqual(['pc-10', 'pc-11', 'pc-12']);
});
