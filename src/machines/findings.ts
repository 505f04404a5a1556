import type { Bundle } from '../bundle/bundle.js';
import type { Config } from '../config/config.js';
import { overlap, parseSubnet } from '../config/subnet.js';
import type { Subnet } from '../config/subnet.js';
import { findMinor } from '../config/versions.js';
import type { Facts, Listener } from './facts.js';
import type { Machine } from './machine.js';
import { allMachines } from './room.js';

/** `stops`: the workshop cannot work on this machine; `hurts`: it will, badly; `note`: good to know. */
export type Severity = 'stops' | 'hurts' | 'note';

/** One thing found on one machine, in words a person can act on. */
export interface Finding {
  /** Stable; scripts and the documentation name it. */
  readonly code: string;
  readonly severity: Severity;
  readonly machine: string;
  /** What was seen: lower case, no full stop. */
  readonly evidence: string;
  /** What to do, imperative. */
  readonly remedy: string;
}

const GIB = 1024 ** 3;

/** Ports the workshop needs, who will listen there, and on whose machine. */
const PORTS: readonly {
  readonly port: number;
  readonly on: 'parent' | 'all';
  readonly by: readonly string[];
}[] = [
  { port: 6443, on: 'parent', by: ['kube-apiserver'] },
  { port: 2379, on: 'parent', by: ['etcd'] },
  { port: 2380, on: 'parent', by: ['etcd'] },
  { port: 10257, on: 'parent', by: ['kube-controller', 'kube-controller-manager'] },
  { port: 10259, on: 'parent', by: ['kube-scheduler'] },
  { port: 10250, on: 'all', by: ['kubelet'] },
  { port: 10256, on: 'all', by: ['kube-proxy'] },
  { port: 10249, on: 'all', by: ['kube-proxy'] },
  { port: 9100, on: 'all', by: ['node_exporter'] },
];

/**
 * Everything worth saying about the machines that answered, all at once and in the room's order. Pure: facts in, verdicts out.
 * The group's verdicts (same name, clock against the median) need the others' facts; a machine that did not answer is not judged.
 */
export function findings(
  config: Config,
  factsOf: ReadonlyMap<string, Facts>,
  bundle: Bundle | undefined,
): readonly Finding[] {
  const present = allMachines(config.room).flatMap((machine) => {
    const facts = factsOf.get(machine.name);
    return facts === undefined ? [] : [{ machine, facts }];
  });
  return present.flatMap(({ machine, facts }) => [
    ...system(machine, facts, config, bundle),
    ...size(machine, facts),
    ...leftovers(machine, facts),
    ...ports(machine, facts),
    ...group(machine, facts, present),
    ...ranges(machine, facts, config),
  ]);
}

function system(
  machine: Machine,
  facts: Facts,
  config: Config,
  bundle: Bundle | undefined,
): readonly Finding[] {
  const say = sayFor(machine);
  const minor = findMinor(config.kubernetes.version);
  return [
    ...(facts.systemd
      ? []
      : [
          say(
            'K-SYSTEMD',
            'stops',
            'systemd does not run here',
            'use a Linux with systemd (Debian, Ubuntu, Raspberry Pi OS)',
          ),
        ]),
    ...(facts.apt
      ? []
      : [
          say(
            'K-OS',
            'stops',
            `${facts.os.name} has no apt`,
            'use Debian, Ubuntu or Raspberry Pi OS on this machine',
          ),
        ]),
    ...(bundle === undefined || bundle.architecture === facts.architecture
      ? []
      : [
          say(
            'K-ARCH',
            'stops',
            `the machine is ${facts.architecture}, the bundle ${bundle.architecture}`,
            `name a bundle for ${facts.architecture} in kmon.yaml, or none`,
          ),
        ]),
    ...(minor?.cgroupV1 === false && facts.cgroup === 1
      ? [
          say(
            'K-CGROUP',
            'stops',
            `cgroup v1, which Kubernetes ${config.kubernetes.version} refuses`,
            'boot with systemd.unified_cgroup_hierarchy=1, or choose kubernetes.version 1.34 in kmon.yaml',
          ),
        ]
      : []),
  ];
}

function size(machine: Machine, facts: Facts): readonly Finding[] {
  const say = sayFor(machine);
  const parent = machine.role === 'parent';
  const memory = `${(facts.memoryBytes / GIB).toFixed(1)} GiB of memory`;
  const disk = `${(facts.freeDiskBytes / GIB).toFixed(1)} GiB free below /var/lib`;
  return [
    // kubeadm's own floors: 2 CPUs and 1700 MB, for the control plane only.
    ...(parent && facts.cpus < 2
      ? [
          say(
            'K-CPU',
            'stops',
            `${facts.cpus} CPU, the control plane needs 2`,
            'make a stronger computer the parent',
          ),
        ]
      : []),
    ...(facts.memoryBytes < (parent ? 1700 * 1024 ** 2 : 0.9 * GIB)
      ? [
          say(
            'K-MEMORY',
            parent ? 'stops' : 'hurts',
            memory,
            'close other programs or use a computer with more',
          ),
        ]
      : parent && facts.memoryBytes < 3.5 * GIB
        ? [
            say(
              'K-MEMORY',
              'hurts',
              `${memory} is little for Prometheus beside the control plane`,
              'make the computer with most memory the parent',
            ),
          ]
        : []),
    ...(facts.freeDiskBytes < 3 * GIB
      ? [say('K-DISK', 'stops', disk, 'free some space: images need about 3 GiB')]
      : facts.freeDiskBytes < 8 * GIB
        ? [
            say(
              'K-DISK',
              'hurts',
              disk,
              'free some space: the kubelet evicts pods when the disk is nearly full',
            ),
          ]
        : []),
  ];
}

function leftovers(machine: Machine, facts: Facts): readonly Finding[] {
  if (facts.ledgerEntries > 0 || facts.kubernetesFiles.length === 0) return [];
  return [
    sayFor(machine)(
      'K-LEFTOVER',
      'stops',
      `an earlier cluster is here (${facts.kubernetesFiles.join(', ')}) that kmon did not make`,
      'ask its owner; if it may go: sudo kubeadm reset',
    ),
  ];
}

function ports(machine: Machine, facts: Facts): readonly Finding[] {
  return PORTS.filter((p) => p.on === 'all' || machine.role === 'parent').flatMap(({ port, by }) => {
    const holder = facts.listeners.find(
      (l) => l.protocol === 'tcp' && l.port === port && !isOurs(l, by, facts),
    );
    if (holder === undefined) return [];
    const who = holder.process ?? 'an unknown program';
    const pid = holder.pid === undefined ? '' : ` (pid ${holder.pid})`;
    const stop =
      holder.unit === undefined
        ? `stop ${who}${pid} on that machine`
        : `stop it on that machine (sudo systemctl stop ${holder.unit.replace(/\.service$/, '')})`;
    return [
      sayFor(machine)(
        'K-PORT-TAKEN',
        'stops',
        `port ${port} is taken by ${who}${pid}`,
        `${stop} and run \`kmon ${machine.role === 'parent' ? 'init-parent' : `join-child --only ${machine.name}`}\``,
      ),
    ];
  });
}

/** What kmon started itself is no obstacle: the right program, on a machine whose ledger says that kmon is at work there. */
function isOurs(listener: Listener, by: readonly string[], facts: Facts): boolean {
  return facts.ledgerEntries > 0 && by.some((p) => listener.process?.startsWith(p.slice(0, 15)) === true);
}

interface Present {
  readonly machine: Machine;
  readonly facts: Facts;
}

function group(machine: Machine, facts: Facts, present: readonly Present[]): readonly Finding[] {
  const say = sayFor(machine);
  const others = present.filter((p) => p.machine.name !== machine.name);
  const sameId = others.filter((p) => facts.machineId !== '' && p.facts.machineId === facts.machineId);
  const sameName = others.filter((p) => p.facts.hostname === facts.hostname);
  const offset = facts.clockOffsetMs - median(present.map((p) => p.facts.clockOffsetMs));
  const seconds = Math.round(Math.abs(offset) / 1000);
  const direction = offset > 0 ? 'ahead of' : 'behind';
  return [
    ...(sameId.length > 0
      ? [
          say(
            'K-MACHINE-ID',
            'hurts',
            `same machine-id as ${names(sameId)}: a copied disk`,
            'give it its own: sudo rm /etc/machine-id && sudo systemd-machine-id-setup, then restart it',
          ),
        ]
      : []),
    ...(sameName.length > 0
      ? [
          say(
            'K-HOSTNAME',
            'note',
            `same hostname (${facts.hostname}) as ${names(sameName)}`,
            `kmon calls it ${machine.name} in the cluster; nothing needs to be done`,
          ),
        ]
      : []),
    // Beyond 30 s certificates and tokens made on one machine are not valid yet on the other.
    ...(seconds > 30
      ? [
          say(
            'K-CLOCK',
            'stops',
            `clock ${seconds} s ${direction} the room's median`,
            'set the clock: sudo timedatectl set-ntp true',
          ),
        ]
      : seconds > 5
        ? [
            say(
              'K-CLOCK',
              'hurts',
              `clock ${seconds} s ${direction} the room's median`,
              'set the clock: sudo timedatectl set-ntp true',
            ),
          ]
        : []),
  ];
}

function ranges(machine: Machine, facts: Facts, config: Config): readonly Finding[] {
  const { podSubnet, serviceSubnet } = config.kubernetes;
  const wanted = [
    { what: 'pod range', key: 'podSubnet', subnet: podSubnet },
    { what: 'service range', key: 'serviceSubnet', subnet: serviceSubnet },
  ];
  return wanted.flatMap(({ what, key, subnet }) => {
    const clash = facts.routes.find(
      (r) =>
        r.destination !== 'default' &&
        !isOwnRoute(r.device, r.destination, subnet, facts) &&
        overlaps(r.destination, subnet),
    );
    if (clash === undefined) return [];
    return [
      sayFor(machine)(
        'K-RANGE',
        'stops',
        `${what} ${subnet} overlaps the route ${clash.destination} (${clash.device})`,
        `choose another kubernetes.${key} in kmon.yaml`,
      ),
    ];
  });
}

/** Routes that kmon or the pod network made on an earlier run. */
function isOwnRoute(device: string, destination: string, subnet: string, facts: Facts): boolean {
  return facts.ledgerEntries > 0 && (/^(cni0|flannel\.|veth)/.test(device) || within(destination, subnet));
}

function sayFor(machine: Machine) {
  return (code: string, severity: Severity, evidence: string, remedy: string): Finding => ({
    code,
    severity,
    machine: machine.name,
    evidence,
    remedy,
  });
}

function names(present: readonly Present[]): string {
  return present.map((p) => p.machine.name).join(', ');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

function overlaps(a: string, b: string): boolean {
  const x = rangeOf(a);
  const y = rangeOf(b);
  return x !== undefined && y !== undefined && overlap(x, y);
}

function within(inner: string, outer: string): boolean {
  const x = rangeOf(inner);
  const y = rangeOf(outer);
  return x !== undefined && y !== undefined && overlap(x, y) && x.prefix >= y.prefix;
}

/** A route's destination: a range, or a single address without prefix. `undefined` for what is neither. */
function rangeOf(text: string): Subnet | undefined {
  return parseSubnet(text.includes('/') ? text : `${text}/32`);
}
