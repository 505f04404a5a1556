import { changes, reads } from '../../shell/command.js';
import type { FootprintPart } from './part.js';

/**
 * What the kubelet (`protectKernelDefaults` off: kernel, vm), kube-proxy (conntrack, route_localnet, bridge) and the CNI's portmap set by
 * themselves and never set back.
 */
const PATHS: readonly string[] = [
  '/proc/sys/kernel/panic',
  '/proc/sys/kernel/panic_on_oops',
  '/proc/sys/kernel/keys/root_maxkeys',
  '/proc/sys/kernel/keys/root_maxbytes',
  '/proc/sys/vm/overcommit_memory',
  '/proc/sys/vm/panic_on_oom',
  '/proc/sys/net/bridge/bridge-nf-call-iptables',
  '/proc/sys/net/bridge/bridge-nf-call-ip6tables',
  '/proc/sys/net/ipv4/conf/all/route_localnet',
  '/proc/sys/net/netfilter/nf_conntrack_max',
  '/proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal',
  '/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait',
  '/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established',
  '/proc/sys/net/netfilter/nf_conntrack_udp_timeout',
  '/proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream',
  '/sys/module/nf_conntrack/parameters/hashsize',
];

/** Kernel settings by path; one that the kernel does not have is not in it. */
export type Settings = Readonly<Record<string, string>>;

export const settings: FootprintPart<Settings> = {
  read: reads`for p in ${PATHS}; do if v=$(cat "$p" 2>/dev/null); then printf '%s %s\n' "$p" "$v"; fi; done`,
  parse: (lines) =>
    Object.fromEntries(
      lines.map((line) => {
        const space = line.indexOf(' ');
        return [line.slice(0, space), line.slice(space + 1)] as const;
      }),
    ),
  undo: (found, now) =>
    Object.entries(found)
      // One that went with its module, or came with it, has no value of the owner's to set.
      .filter(([path, value]) => now[path] !== undefined && now[path] !== value)
      .map(
        ([path, value]) =>
          changes`printf '%s\n' ${value} >${path} || printf 'the kernel does not take %s for %s\n' ${value} ${path} >&2`,
      ),
};
