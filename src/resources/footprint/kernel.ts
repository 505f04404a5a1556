import { changes, reads } from '../../shell/command.js';
import { nftThere } from '../../tools/nft.js';
import type { FootprintPart } from './part.js';

/** Control groups of pods, which the kubelet leaves behind empty: one a controller on cgroup v1, one on v2. */
export const podGroups: FootprintPart<readonly string[]> = {
  read: reads`find /sys/fs/cgroup -mindepth 1 -maxdepth 2 -type d -name 'kubepods*' 2>/dev/null | sort`,
  parse: (lines) => lines,
  undo: (found, now) => {
    const fresh = now.filter((g) => !found.includes(g));
    return fresh.length === 0
      ? []
      : [
          changes`systemctl stop kubepods.slice 2>/dev/null || :
for g in ${fresh}; do find "$g" -depth -type d -exec rmdir {} \; 2>/dev/null || :; done`,
        ];
  },
};

/** Tables of the nft programs that newer kube-proxys, flannels and plugins bring. Without `nft` on the machine they cannot be seen. */
export const nftTables: FootprintPart<readonly string[]> = {
  read: reads`${nftThere}
if command -v nft >/dev/null && nft_there; then
  nft list tables 2>/dev/null | sed -n 's/^table \([a-z0-9]* \(kube-proxy\|flannel-ipv[46]\|cni_hostport\|cni_plugins_masquerade\)\)$/\1/p'
fi`,
  parse: (lines) => lines,
  undo: (found, now) =>
    now.filter((t) => !found.includes(t)).map((t) => changes`nft delete table ${t.split(' ')}`),
};

/** Modules that packet rules and tunnels pull in by themselves. */
const PULLED_IN =
  /^(x_tables|xt_|ipt_|ip6t_|ip_tables|ip6_tables|iptable_|ip6table_|nf_|nft_|nfnetlink|ip_set|ip_vs|bridge$|br_netfilter$|stp$|llc$|overlay$|veth$|vxlan$|udp_tunnel$|ip6_udp_tunnel$)/;

/**
 * Kernel modules that nothing uses any more. An attempt, no promise: others may have loaded the same ones in the meantime, and what stays
 * does no harm and is gone after a restart.
 */
export const modules: FootprintPart<readonly string[]> = {
  read: reads`if [ -r /proc/modules ]; then cut -d ' ' -f 1 /proc/modules | sort; fi`,
  parse: (lines) => lines.filter((m) => PULLED_IN.test(m)),
  undo: (found, now) => {
    const fresh = now.filter((m) => !found.includes(m));
    return fresh.length === 0
      ? []
      : [changes`for i in 1 2 3 4 5; do for m in ${fresh}; do rmmod "$m" 2>/dev/null || :; done; done`];
  },
};
