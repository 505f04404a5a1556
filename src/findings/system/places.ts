import { KMON_BIN } from '../../config/names.js';
import type { Facts } from '../../facts/facts.js';
import { CONTAINERD } from '../../tools/containerd.js';
import { catalogue, subject } from '../subject.js';
import type { VerdictOf } from '../subject.js';
import { someOf } from '../wording.js';

const { entries, finding } = catalogue({
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
});

type Verdict = VerdictOf<keyof typeof entries>;

/**
 * What the kernel's overlay refuses to write to, as `stat -f` names it: other overlays and unions (a frozen disk, a live stick), network
 * and FUSE file systems, and those of other systems. Every container is an overlay on top of it.
 */
const REFUSED: Readonly<Record<string, 'union' | 'network' | 'other'>> = {
  overlayfs: 'union',
  aufs: 'union',
  nfs: 'network',
  cifs: 'network',
  smb: 'network',
  smb2: 'network',
  afs: 'network',
  v9fs: 'other',
  ecryptfs: 'other',
  fuseblk: 'other',
  msdos: 'other',
  exfat: 'other',
  ntfs: 'other',
  vboxsf: 'other',
  isofs: 'other',
  squashfs: 'other',
  ramfs: 'other',
};

const fileSystem: Verdict = ({ machine, facts }) => {
  const [folder, kind] = placeOf(facts, CONTAINERD.root);
  const why = REFUSED[kind];
  if (why !== undefined) {
    return [
      finding('K-FILESYSTEM', 'stops', machine, {
        evidence: `${folder} is on ${kind}, which no container can be put on`,
        ...(why === 'union'
          ? {
              cause:
                'the disk is frozen or a live system: containers are overlays, and none works on another one',
            }
          : {}),
        remedy:
          why === 'union'
            ? 'start the machine without the freeze of its disk (or from its own disk, if this is a live stick) for the lesson'
            : why === 'network'
              ? 'give the machine a /var/lib on a disk of its own'
              : 'give the machine a /var/lib on ext4, XFS or Btrfs',
      }),
    ];
  }
  if (kind !== 'tmpfs') return [];
  return [
    finding('K-FILESYSTEM', 'hurts', machine, {
      evidence: `${folder} is on tmpfs: what is written there takes memory`,
      cause: 'images and pods would fill the memory, and are gone after a restart',
      remedy: 'start the machine from its own disk for the lesson',
    }),
  ];
};

/** The folder itself where it is there, else the one that it will be made in. */
function placeOf({ fileSystems }: Facts, path: string): readonly [folder: string, kind: string] {
  const folder = fileSystems[path] === undefined ? '/var/lib' : path;
  return [folder, fileSystems[folder] ?? ''];
}

const unwritable: Verdict = ({ machine, facts }) => {
  const outer = facts.unwritable.filter(
    (path) => !facts.unwritable.some((other) => path.startsWith(`${other}/`)),
  );
  const [first] = outer;
  if (first === undefined) return [];
  return [
    finding('K-READ-ONLY', 'stops', machine, {
      evidence: `not even root can write ${someOf(outer)}`,
      remedy: first.startsWith('/proc/')
        ? 'have the host that runs this container let it set the kernel, or use a machine of its own'
        : `see why on that machine: \`findmnt -T ${first}\` shows whether it is mounted read-only, \`lsattr -d ${first}\` whether it is immutable (\`sudo chattr -i ${first}\` ends that)`,
    }),
  ];
};

const noexec: Verdict = ({ machine, facts }, { sight }) => {
  const ran = Object.entries(facts.noexec).filter(
    ([folder]) => folder !== KMON_BIN || folder === sight.supply.programFolder,
  );
  const [first] = ran;
  if (first === undefined) return [];
  const mounts = [...new Set(ran.map(([, mount]) => mount))];
  return [
    finding('K-NOEXEC', 'stops', machine, {
      evidence: `no program runs from ${someOf(ran.map(([folder]) => folder))} (${someOf(mounts)} is mounted noexec)`,
      remedy: `on that machine, for the lesson: ${mounts.map((mount) => `sudo mount -o remount,exec ${mount}`).join('; ')}`,
    }),
  ];
};

/** Where kmon, its containerd and the packages write and run programs. */
export const places = subject({ entries, ofMachine: [fileSystem, unwritable, noexec] });
