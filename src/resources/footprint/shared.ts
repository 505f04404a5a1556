import { changes, reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import type { FootprintPart } from './part.js';

/** By path: `absent`; `idle` when nothing of anybody's is in it; `used`. */
export type Shared = Readonly<Record<string, 'absent' | 'idle' | 'used'>>;

/** Every containerd keeps its shims' sockets and runc's notes in the first, whatever its own folders are called. Both live by what is in them. */
const LIVE = ['/run/containerd', '/run/netns'];

/** Made by containerd, by the kubelet, or for a pod that wants them from the machine. Other programs and packages have files in them. */
const PLAIN = [
  '/etc/cni',
  '/etc/cni/net.d',
  '/etc/ssl/certs',
  '/opt',
  '/run/containerd/fifo',
  '/run/containerd/runc',
  '/run/containerd/runc/k8s.io',
  '/run/containerd/s',
  '/usr/lib/modules',
  '/usr/libexec',
];

const LOCK = '/run/xtables.lock';

export const SHARED_PLACES: readonly string[] = [...LIVE, ...PLAIN, LOCK];

/** Somebody listens below it, or has something mounted there. */
const alive = reads`alive() { grep -q " $1/" /proc/net/unix || awk -v p="$1/" 'index($5, p) == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo; }`;

/**
 * Places that kmon's programs make and the owner's may use at the same time, also ones that he has installed since. One that was not there
 * goes when it is idle: no file is in it, or none but what dead shims and namespaces left. A place in use stays, since it is the owner's then.
 */
export const sharedPlaces: FootprintPart<Shared> = {
  read: reads`${alive}
files() { find "$1" -mindepth 1 ! -type d -print -quit | grep -q .; }
for p in ${LIVE}; do
  if [ ! -d "$p" ]; then printf '%s absent\n' "$p"
  elif alive "$p"; then printf '%s used\n' "$p"
  else printf '%s idle\n' "$p"; fi
done
for p in ${PLAIN}; do
  if [ ! -d "$p" ] || [ -L "$p" ]; then printf '%s absent\n' "$p"
  elif files "$p"; then printf '%s used\n' "$p"
  else printf '%s idle\n' "$p"; fi
done
if [ -e ${LOCK} ]; then printf '%s idle\n' ${LOCK}; else printf '%s absent\n' ${LOCK}; fi`,
  parse: (lines) =>
    Object.fromEntries(
      lines.map((line) => {
        const [path = '', state = ''] = line.split(' ');
        if (state !== 'absent' && state !== 'idle' && state !== 'used')
          throw new TypeError(`not a state of ${path}: ${state}`);
        return [path, state] as const;
      }),
    ),
  undo: (found, now) =>
    Object.keys(now).some((p) => found[p] === 'absent' && now[p] === 'idle') ? [sweepShared(found)] : [],
};

/** Takes away what is idle when it comes to it: what else is undone before may be what was using it. */
export function sweepShared(found: Shared): Command<'changes'> {
  const made = Object.keys(found).filter((p) => found[p] === 'absent');
  return changes`${alive}
for p in ${made.filter((p) => LIVE.includes(p))}; do if [ -d "$p" ] && ! alive "$p"; then rm -rf --one-file-system -- "$p"; fi; done
for p in ${made.filter((p) => PLAIN.includes(p))}; do if [ ! -L "$p" ] && [ -d "$p" ]; then find "$p" -depth -type d -exec rmdir {} \; 2>/dev/null || :; fi; done
rm -f -- ${made.filter((p) => p === LOCK)}`;
}
