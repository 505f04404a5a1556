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
  'K-FILESYSTEM': {
    title: 'The file system is one that containers cannot be put on',
    severities: ['stops', 'hurts'],
    cause:
      'every container is an overlay, which the kernel lays on file systems such as ext4, XFS and Btrfs only',
    remedy:
      'start the machine without the freeze of its disk, or from its own disk and not from a live stick',
  },
  'K-READ-ONLY': {
    title: 'A place that kmon writes to cannot be written',
    severities: ['stops'],
    cause: 'packages, the names of the room and the state of the cluster are written there',
    remedy:
      'see with `findmnt -T PATH` whether it is mounted read-only, with `lsattr -d PATH` whether it is immutable',
  },
  'K-NOEXEC': {
    title: 'Programs cannot run where they go',
    severities: ['stops'],
    cause: 'the programs of the cluster, or the scripts of the packages, are started from there',
    remedy: 'mount it without noexec for the lesson: `sudo mount -o remount,exec MOUNT`',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
