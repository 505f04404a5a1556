import { changes, reads } from '../../shell/command.js';
import type { FootprintPart } from './part.js';

/** Network links by name, with the bridge they hang on. */
export type Links = Readonly<Record<string, string>>;

/** The bridges and tunnels of the CNI and of kube-proxy. */
const MADE = /^(cni\d+|flannel\.\d+|flannel-v6\.\d+|kube-ipvs0|kube-bridge|nodelocaldns)$/;
/**
 * The machine's end of what leads to a pod, as the reference plugins name it (`RandomVethName` in containernetworking/plugins/pkg/ip); Docker's have
 * seven digits, and hang on a bridge; those of others have no route of the plugin `ptp`. It goes with the pod's network namespace. A connection to a machine that has another address now keeps
 * that for minutes after the last of its processes: its end was not heard of.
 */
const OF_POD = /^veth[0-9a-f]{8}$/;

/** In place of a bridge. */
const PTP = 'ptp';

export const links: FootprintPart<Links> = {
  read: reads`for l in /sys/class/net/*; do
  n=$(basename "$l") m=$(readlink "$l/master" 2>/dev/null || :)
  case $m$n in veth????????) [ -z "$(ip -4 route show dev "$n" scope host 2>/dev/null)" ] || m=${PTP} ;; esac
  printf '%s %s\n' "$n" "$(basename "$m" 2>/dev/null)"
done`,
  parse: (lines) =>
    Object.fromEntries(
      lines.map((line) => {
        const [name = '', master = ''] = line.split(' ');
        return [name, master] as const;
      }),
    ),
  undo: (found, now) => {
    const fresh = Object.keys(now).filter((name) => !(name in found));
    const made = fresh.filter((name) => MADE.test(name) || (OF_POD.test(name) && now[name] === PTP));
    const hanging = fresh.filter((name) => !made.includes(name) && made.includes(now[name] ?? ''));
    const all = [...hanging, ...made];
    return all.length === 0
      ? []
      : [
          changes`for l in ${all}; do
  if [ -e "/sys/class/net/$l" ]; then ip link delete dev "$l" || [ ! -e "/sys/class/net/$l" ]; fi
done`,
        ];
  },
};
