import { findMinor, MINORS } from '../../config/versions.js';
import type { KubernetesMinor } from '../../config/versions.js';
import type { Facts } from '../../facts/facts.js';
import type { Machine } from '../../room/machine.js';
import { catalogue, subject } from '../subject.js';
import type { FindingOf, VerdictOf } from '../subject.js';
import { someOf } from '../wording.js';

const { entries, finding } = catalogue({
  'K-CGROUP': {
    title: 'The cgroup version does not fit the Kubernetes version',
    severities: ['stops', 'hurts'],
    cause: 'newer kubelets refuse cgroup v1 unless they are told to serve it, and later ones will drop it',
    remedy: 'boot with systemd.unified_cgroup_hierarchy=1',
  },
  'K-CGROUP-CONTROLLER': {
    title: 'A controller of control groups is missing',
    severities: ['stops'],
    cause: 'the kubelet does not start without it; Raspberry Pi OS switches the one for memory off',
    remedy:
      'on a Raspberry Pi append cgroup_enable=memory cgroup_memory=1 to the line of /boot/firmware/cmdline.txt and restart it; elsewhere add cgroup_enable=memory to the command line of the kernel',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;
type Finding = FindingOf<keyof typeof entries>;

/**
 * What kubeadm's SystemVerification demands, and the kubelet needs mounted. With cgroup v2 the kernel has devices and freezer in any
 * case, and cpuacct is a part of cpu.
 */
const REQUIRED = {
  1: ['cpu', 'cpuacct', 'cpuset', 'devices', 'freezer', 'memory', 'pids'],
  2: ['cpu', 'cpuset', 'memory', 'pids'],
} as const;

const version: Verdict = ({ machine, facts }, { sight }) => {
  const minor = findMinor(sight.config.kubernetes.version);
  return facts.cgroup === 1 && minor !== undefined ? servedVersion(machine, minor) : [];
};

/** What there is to say of cgroup v1 under this version of Kubernetes. */
export function servedVersion(
  machine: Pick<Machine, 'name'>,
  { version: wanted, cgroupV1 }: KubernetesMinor,
  minors: readonly KubernetesMinor[] = MINORS,
): readonly Finding[] {
  const newer = "add systemd.unified_cgroup_hierarchy=1 to the kernel's command line and restart the machine";
  const last = minors.findLast((m) => m.cgroupV1 !== 'dropped')?.version ?? '';
  switch (cgroupV1) {
    case 'yes':
      return [];
    case 'when-told':
      return [
        finding('K-CGROUP', 'hurts', machine, {
          evidence: `cgroup v1, which Kubernetes ${wanted} serves only when it is told to (kmon does)`,
          remedy: `go on; to be ready for later versions, ${newer}`,
        }),
      ];
    case 'dropped':
      return [
        finding('K-CGROUP', 'stops', machine, {
          evidence: `cgroup v1, which Kubernetes ${wanted} does not run on`,
          cause: 'newer kubelets have dropped cgroup v1',
          remedy: `${newer}, or write \`version: "${last}"\` under \`kubernetes\` in kmon.yaml`,
        }),
      ];
  }
}

const controllers: Verdict = ({ machine, facts }) => {
  const { cgroup, cgroupControllers: there } = facts;
  if (there === undefined) return [];
  const missing = REQUIRED[cgroup].filter((name) => !there.includes(name));
  if (missing.length === 0) return [];
  const off =
    facts.memoryCgroupOff && missing.some((name) => name === 'memory')
      ? '; the kernel was started with cgroup_disable=memory'
      : '';
  return [
    finding('K-CGROUP-CONTROLLER', 'stops', machine, {
      evidence: `control groups without ${someOf(missing, missing.length)} (cgroup v${cgroup})${off}`,
      remedy: remedyFor(facts, missing),
    }),
  ];
};

/** Raspberry Pi OS switches the memory controller off, because of what it costs on small boards. */
function remedyFor(facts: Facts, missing: readonly string[]): string {
  if (!missing.includes('memory')) {
    return facts.container
      ? 'have the host that runs this container hand them down to it, or use another machine'
      : `restart the machine with the kernel of its distribution, and without cgroup_disable= on the kernel's command line`;
  }
  if (facts.model.startsWith('Raspberry Pi')) {
    return 'append cgroup_enable=memory cgroup_memory=1 to the one line of /boot/firmware/cmdline.txt (older systems: /boot/cmdline.txt) and restart the machine';
  }
  const edit = facts.memoryCgroupOff
    ? 'take cgroup_disable=memory out of GRUB_CMDLINE_LINUX'
    : 'add cgroup_enable=memory to GRUB_CMDLINE_LINUX';
  return `${edit} in /etc/default/grub, run \`sudo update-grub\` and restart the machine`;
}

/** The version of control groups, and the controllers that are missing. */
export const cgroup = subject({ entries, ofMachine: [version, controllers] });
