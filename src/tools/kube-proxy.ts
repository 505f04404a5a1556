import { findMinor } from '../config/versions.js';
import { ENDPOINT_NAME } from '../config/names.js';
import { changes, reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { nftThere } from './nft.js';
import type { KubernetesMinor } from '../config/versions.js';

/** The oldest kernel with which kube-proxy starts in its nftables mode. */
export const NFTABLES_KERNEL = '5.13';

/**
 * How kube-proxy is to make its packet rules. One setting for the whole cluster: nftables where the version calls it stable and no machine
 * that is known of has an older kernel than it wants. (In the iptables mode packets to a port of a service's address that it does not have leave the
 * room by the router, instead of being refused.)
 *
 * @param version As kubeadm tells it.
 * @param kernels Releases of the machines' kernels, such as `6.1.0-18-amd64`.
 */
export function proxyModeFor(version: string, kernels: readonly string[]): KubernetesMinor['proxyMode'] {
  return kernels.every(servesNftables) ? (findMinor(version)?.proxyMode ?? 'iptables') : 'iptables';
}

/** Whether kube-proxy starts on this kernel in its nftables mode. */
export function servesNftables(kernel: string): boolean {
  const [major = 0, minor = 0] = numbersOf(kernel);
  const [oldest = 0, least = 0] = numbersOf(NFTABLES_KERNEL);
  return major > oldest || (major === oldest && minor >= least);
}

function numbersOf(release: string): readonly number[] {
  return release.split('.').map((part) => parseInt(part, 10));
}

/**
 * Takes the tables of a kube-proxy away that does not run any more; fine when there are none. `kubeadm reset` leaves them, and the kube-proxy of
 * the next cluster does not come to terms with them: with 1.36.3 the Service of the API had no rule in the end, and pods were refused there
 * (measured, and seen by the trial of the network from a pod).
 */
export const removeProxyTables: Command<'changes'> = changes`${nftThere}
if nft_there && command -v nft >/dev/null; then
  for family in ip ip6; do
    if nft list table "$family" kube-proxy >/dev/null 2>&1; then nft delete table "$family" kube-proxy; fi
  done
fi`;

/**
 * Prints where the kube-proxy that runs finds the API: a pod with the network of its machine has a copy of /etc/hosts, which the kubelet makes when its
 * container starts (`ensureHostsFile` in kubernetes/pkg/kubelet/kubelet_pods.go), and never again. Of this machine's own network alone: a computer that runs a lab shows the programs of its machines too.
 */
export const askWhereProxyLooks: Command<'reads'> = reads`for c in $(grep -lxs kube-proxy /proc/[0-9]*/comm); do
  d=$(dirname "$c"); [ "$(readlink "$d/ns/net")" = "$(readlink /proc/self/ns/net)" ] || continue
  awk -v name=${ENDPOINT_NAME} '$2 == name { print "kube-proxy " $1; exit }' "$d/root/etc/hosts" 2>/dev/null || :
done`;

/** By what `askWhereProxyLooks` printed, beside other things. Empty: there is no kube-proxy, or none with such a copy. */
export function placesOfProxy(stdout: string): readonly string[] {
  return [...stdout.matchAll(/^kube-proxy (\S+)$/gm)].map((m) => m[1] ?? '');
}
