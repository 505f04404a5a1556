import type { CatalogueEntry } from './entry.js';

/** What the machine is. */
export const SYSTEM = {
  'K-SYSTEMD': {
    title: 'systemd does not run',
    severities: ['stops'],
    cause: 'the kubelet is a unit of systemd',
    remedy: 'use a Linux with systemd',
  },
  'K-OS': {
    title: 'The operating system is not one that kmon prepares',
    severities: ['stops', 'hurts', 'note'],
    cause: 'kmon installs with apt, on systems whose packages it knows',
    remedy:
      'install Debian 11, Ubuntu 20.04, Raspberry Pi OS 11 or a later one, or leave the machine out of kmon.yaml',
  },
  'K-ARCH': {
    title: 'The processor or system is of another architecture',
    severities: ['stops'],
    cause: 'programs of one kind of processor do not run on another',
    remedy: 'install the 64 bit edition of the system, or name a bundle for this architecture in kmon.yaml',
  },
  'K-CGROUP': {
    title: 'The cgroup version does not fit the Kubernetes version',
    severities: ['stops'],
    cause: 'newer kubelets refuse cgroup v1',
    remedy:
      'boot with systemd.unified_cgroup_hierarchy=1, or choose an older `kubernetes.version` in kmon.yaml',
  },
  'K-KERNEL': {
    title: 'The kernel lacks a feature',
    severities: ['stops'],
    cause: 'containers and the pod network are built from it',
    remedy: 'restart the machine, or install the modules of its kernel (`linux-modules-extra-…` on Ubuntu)',
  },
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
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
