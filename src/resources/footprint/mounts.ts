import { changes, inOrder, reads } from '../../shell/command.js';
import { added } from './part.js';
import type { FootprintPart } from './part.js';

/** Where the kubelet, kmon's containerd and the CNI mount things. The owner's containerd and Docker have places of their own. */
const BELOW = [
  '/var/lib/kubelet/',
  '/var/lib/kmon-containerd/',
  '/run/kmon-containerd/',
  '/run/netns/cni-',
] as const;
/** The CNI mounts this folder onto itself; `ip netns` does the same for others. */
const NAMESPACES = '/run/netns';

/** Mount points as /proc writes them: a blank is `\040`. Later mounts hide earlier ones, so they go in reverse. */
export const mounts: FootprintPart<readonly string[]> = {
  read: reads`awk '{ print $5 }' /proc/self/mountinfo`,
  parse: (lines) =>
    lines.filter(
      (l) => BELOW.some((b) => l.startsWith(b)) || l === NAMESPACES || l.startsWith(`${NAMESPACES}/`),
    ),
  undo: (found, now) => {
    const fresh = added(found, now).toReversed();
    const below = fresh.filter((m) => BELOW.some((b) => m.startsWith(b)));
    const inUse = now.some((m) => m.startsWith(`${NAMESPACES}/`) && !below.includes(m));
    return [
      // Lazily when something still looks into it: it is gone from the tree, which is what the removal of folders needs.
      ...(below.length === 0
        ? []
        : [
            changes`for m in ${below}; do m=$(printf '%b' "$m"); umount -- "$m" 2>/dev/null || umount -l -- "$m" 2>/dev/null || :; done
rm -f -- ${below.filter((m) => m.startsWith(NAMESPACES))}`,
          ]),
      ...(fresh.includes(NAMESPACES) && !inUse
        ? [
            // As often as it was mounted onto itself since, and no more. Names of namespaces that are gone may lie below.
            changes`${inOrder(fresh.filter((m) => m === NAMESPACES).map(() => changes`umount ${NAMESPACES}`))}${
              found.includes(NAMESPACES)
                ? changes``
                : changes`
rm -f -- /run/netns/cni-*; rmdir ${NAMESPACES} 2>/dev/null || :`
            }`,
          ]
        : []),
    ];
  },
};
