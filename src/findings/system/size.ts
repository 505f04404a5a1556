import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';
import type { Sight } from '../sight/sight.js';
import { enoughMemory } from './parent-memory.js';

const { entries, finding } = catalogue({
  'K-CPU': {
    title: 'Too few CPUs',
    severities: ['stops', 'hurts'],
    cause: 'kubeadm wants two for a control plane',
    remedy: 'make a stronger computer the parent in kmon.yaml',
  },
  'K-MEMORY': {
    title: 'Too little memory',
    severities: ['stops', 'hurts'],
    cause: 'control plane, Prometheus and pods share it',
    remedy: 'close other programs, or make the computer with most memory the parent',
  },
  'K-DISK': {
    title: 'Too little free disk',
    severities: ['stops', 'hurts'],
    cause: 'images need room, and the kubelet evicts pods when the disk is nearly full',
    remedy: 'free some space: `sudo apt clean`, then see what is large with `sudo du -xh --max-depth=2 /`',
  },
  'K-INODES': {
    title: 'Too few free inodes',
    severities: ['stops', 'hurts'],
    cause: 'images are many small files',
    remedy: 'delete folders with many small files: `sudo du --inodes -x --max-depth=3 /` names them',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** kubeadm's own floor for a control plane is 1700 MB (its check `Mem`). */
const PARENT_MEMORY = 1700 * MIB;

/** kubeadm's own floor of two, for the control plane only. Who passes over its check gets a slow parent. */
const cpus: Verdict = ({ machine, facts }, { sight }) => {
  // 0: the machine did not tell.
  if (machine.role !== 'parent' || facts.cpus >= 2 || facts.cpus === 0) return [];
  const passed = sight.config.kubernetes.ignorePreflight.includes('NumCPU');
  return [
    finding('K-CPU', passed ? 'hurts' : 'stops', machine, {
      evidence: `${facts.cpus} CPU, the control plane needs 2`,
      remedy: 'make a stronger computer the parent in kmon.yaml',
    }),
  ];
};

const memory: Verdict = ({ machine, facts }, { sight }) => {
  const parent = machine.role === 'parent';
  const have = `${(facts.memoryBytes / GIB).toFixed(1)} GiB of memory`;
  if (facts.memoryBytes === 0) return [];
  if (facts.memoryBytes < (parent ? PARENT_MEMORY : 0.9 * GIB)) {
    const stops = parent && !sight.config.kubernetes.ignorePreflight.includes('Mem');
    return [
      finding('K-MEMORY', stops ? 'stops' : 'hurts', machine, {
        evidence: have,
        remedy: parent
          ? 'make a computer with 4 GiB or more the parent in kmon.yaml'
          : 'close other programs there, or use a computer with more',
      }),
    ];
  }
  const enough = enoughMemory(sight);
  if (!parent || facts.memoryBytes >= enough) return [];
  const { profile, profileIsOpen } = sight.config.monitoring;
  return [
    finding('K-MEMORY', 'hurts', machine, {
      evidence: `${have} is little for Prometheus beside the control plane: with the profile ${profile}${profileIsOpen === true ? ' (kmon.yaml names none)' : ''} and ${childrenText(sight)} it wants ${(enough / GIB).toFixed(1)} GiB`,
      remedy: `make the computer with most memory the parent in kmon.yaml${profile === 'stack' ? ', or write `profile: lite` below `monitoring` there' : ''}`,
    }),
  ];
};

function childrenText({ config }: Sight): string {
  const { length } = config.room.children;
  return length === 1 ? '1 child' : `${length} children`;
}

const disk: Verdict = ({ machine, facts }) => {
  const evidence = `${(facts.freeDiskBytes / GIB).toFixed(1)} GiB free below /var/lib`;
  const look = 'see `sudo du -xh --max-depth=2 / | sort -h | tail`; `sudo apt clean` is safe';
  if (facts.freeDiskBytes < 3 * GIB) {
    return [
      finding('K-DISK', 'stops', machine, {
        evidence,
        remedy: `free some space, images need about 3 GiB (${look})`,
      }),
    ];
  }
  return facts.freeDiskBytes < 8 * GIB
    ? [
        finding('K-DISK', 'hurts', machine, {
          evidence,
          remedy: `free some space: the kubelet evicts pods when the disk is nearly full (${look})`,
        }),
      ]
    : [];
};

/** kmon has the kubelet evict pods when less than 2 % of the inodes are free (templates/kubeadm), and images take some more. */
const inodes: Verdict = ({ machine, facts }) => {
  const { freeInodes: free, totalInodes: total } = facts;
  if (total === 0) return [];
  const share = free / total;
  const severity =
    free < 20_000 || share < 0.05 ? 'stops' : free < 100_000 || share < 0.1 ? 'hurts' : undefined;
  if (severity === undefined) return [];
  return [
    finding('K-INODES', severity, machine, {
      evidence: `${free} of ${total} inodes free below /var/lib`,
      cause: 'images are many small files, and the kubelet evicts pods when less than 2 % are free',
      remedy:
        'delete folders with many small files (find them with `sudo du --inodes -x --max-depth=3 / | sort -n | tail`)',
    }),
  ];
};

/** Processors, memory, disk, inodes. */
export const size = subject({ entries, ofMachine: [cpus, memory, disk, inodes] });
