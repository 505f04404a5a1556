import { changes } from '../shell/command.js';
import type { Command } from '../shell/command.js';

/** Written by kubeadm when a machine joins; the kubelet's unit reads it. */
const FLAGS = '/var/lib/kubelet/kubeadm-flags.env';

/**
 * Has a kubelet that kubeadm has set up tell the cluster another address of its machine. A kubelet whose `--node-ip` is no address of the machine
 * any more reports nothing ("node IP not found in the host's network interfaces"), and its node falls silent. Fails where kubeadm wrote none.
 */
export function setNodeIp(address: string): Command<'changes'> {
  return changes`sed -i ${`s/--node-ip=[^ "]*/--node-ip=${address}/`} ${FLAGS}
grep -q -F -e ${`--node-ip=${address}`} ${FLAGS}
systemctl restart kubelet`;
}
