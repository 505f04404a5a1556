import { changes, reads } from '../../shell/command.js';
import { fromBase64 } from '../fields.js';
import type { FootprintPart } from './part.js';
import { SHARED_PLACES } from './shared.js';

/** By path: `absent`, `other` (no folder), or the names that were in it. */
export type Folders = Readonly<Record<string, 'absent' | 'other' | readonly string[]>>;

/**
 * Written by kubeadm, kubelet, etcd, the CNI, their pods and kmon's containerd (/opt/containerd is for its plugins). What a usual machine has
 * from other programs as well is in `SHARED_PLACES`; an owner who installs another user of CNI plugins during the lesson loses them with these.
 */
export const KUBERNETES_FOLDERS: readonly string[] = [
  '/etc/kubernetes',
  '/opt/cni',
  '/opt/cni/bin',
  '/opt/containerd',
  '/run/flannel',
  '/run/kmon-containerd',
  // The token of a join that was killed: kubeadm wants a file.
  '/run/kmon-join.yaml',
  '/run/kmon-join-cluster.conf',
  '/run/kubernetes',
  '/usr/libexec/kubernetes',
  '/var/lib/cni',
  '/var/lib/etcd',
  '/var/lib/kmon-containerd',
  '/var/lib/kubelet',
  '/var/log/containers',
  '/var/log/pods',
];

/**
 * Folders that others write. One that was not there goes whole; from one that was, only entries go that were not in it. Ledgers of before
 * name shared places as well, which are left to `sharedPlaces`. Nothing is removed across a mount: what is still mounted below makes the
 * removal fail, since the files of a living pod may be behind it (`--one-file-system` alone does not see a bind mount from the same disk).
 */
export function foldersAt(paths: readonly string[]): FootprintPart<Folders> {
  return {
    read: reads`for p in ${paths}; do
  if [ -d "$p" ]; then printf '%s folder %s\n' "$p" "$(find "$p/" -mindepth 1 -maxdepth 1 -printf '%f\0' | base64 -w0)"
  elif [ -e "$p" ] || [ -L "$p" ]; then printf '%s other\n' "$p"
  else printf '%s absent\n' "$p"; fi
done`,
    parse: (lines) => Object.fromEntries(lines.map(parseLine)),
    undo: (found, now) => {
      const fresh = Object.entries(now).flatMap(([path, there]) => {
        const was = SHARED_PLACES.includes(path) ? undefined : found[path];
        if (was === undefined || was === 'other' || there === 'absent') return [];
        if (was === 'absent') return [path];
        return there === 'other' ? [] : there.filter((n) => !was.includes(n)).map((n) => `${path}/${n}`);
      });
      const outer = fresh.filter((p) => !fresh.some((o) => p.startsWith(`${o}/`)));
      return outer.length === 0 ? [] : [remove(outer)];
    },
  };
}

function parseLine(line: string): readonly [string, Folders[string]] {
  const [path = '', type, names = ''] = line.split(' ');
  if (type === 'absent' || type === 'other') return [path, type];
  return [
    path,
    fromBase64(names)
      .split('\0')
      .filter((n) => n !== '')
      .toSorted(),
  ];
}

function remove(paths: readonly string[]) {
  return changes`for p in ${paths}; do
  if awk -v p="$p" '$5 == p || index($5, p "/") == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo; then
    printf '%s is kept: something is still mounted there\n' "$p" >&2; exit 1
  fi
  rm -rf --one-file-system --preserve-root -- "$p"
done`;
}
