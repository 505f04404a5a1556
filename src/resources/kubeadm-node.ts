import { changes, reads, withOptions } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Reversible } from './resource.js';

export type KubeadmNodeParams = {
  /** Folder of kubeadm. */
  readonly binDir: string;
  /** With `unix://` or without, as it was noted. */
  readonly criSocket: string;
  /** Unit of the container runtime, which has to run for the containers to be stopped. */
  readonly runtimeUnit?: string;
};

export type KubeadmNodeState = {
  /** Files by which kubeadm and the kubelet know that the machine is a node. */
  readonly traces: readonly string[];
  /** Pods that run, by the shims of this runtime. */
  readonly pods: number;
  /** Keys and data of a cluster, of which `kubeadm reset` would leave nothing; absent in ledgers of before they were asked for. */
  readonly data?: readonly string[];
  /** The kubelet that is set up here uses another container runtime: it is of a cluster that somebody has made since. */
  readonly foreign?: boolean;
};

/** Whether there was anything of a cluster: then it is the owner's, and nothing of it is ever reset. */
export function wasNode(found: KubeadmNodeState): boolean {
  return found.traces.length > 0 || found.pods > 0 || (found.data ?? []).length > 0 || found.foreign === true;
}

/**
 * Whether the machine is a node of a cluster. It is given back by kubeadm's own `reset`, with the socket that is in the ledger; a machine
 * that was a node before kmon came is never reset. What `reset` leaves behind is the footprint's business: note that one first.
 */
export function kubeadmNode(params: KubeadmNodeParams): Reversible<KubeadmNodeState> {
  const { binDir, criSocket, runtimeUnit } = params;
  const socket = criSocket.replace(/^unix:\/\//, '');
  const startRuntime =
    runtimeUnit === undefined
      ? changes`:`
      : changes`systemctl start ${runtimeUnit} || echo 'the container runtime does not start' >&2`;
  return {
    id: 'kubeadm node',
    kind: 'kubeadm-node',
    params,
    read: reads`cd /etc/kubernetes 2>/dev/null && for f in *.conf pki/ca.crt manifests/*.yaml; do
  if [ -e "$f" ]; then printf 'trace /etc/kubernetes/%s\n' "$f"; fi
done
for f in /etc/kubernetes/pki/* /var/lib/etcd/*; do if [ -e "$f" ]; then printf 'data %s\n' "$f"; fi; done
cd /var/lib/kubelet 2>/dev/null && if [ -e config.yaml ]; then echo 'trace /var/lib/kubelet/config.yaml'; fi &&
  if [ -e kubeadm-flags.env ] || [ -e instance-config.yaml ]; then grep -qsF -e ${socket} kubeadm-flags.env instance-config.yaml || echo foreign; fi
grep -alsF -e ${socket} /proc/[0-9]*/cmdline | while read -r f; do
  case $(tr '\0' '\n' <"$f" 2>/dev/null | head -n 1) in *containerd-shim*) echo pod ;; esac
done`,
    parse: (result) => {
      const fields = new Fields(result, ['trace', 'pod', 'data', 'foreign']);
      return {
        traces: fields.all('trace').toSorted(),
        pods: fields.all('pod').length,
        data: fields.all('data').toSorted(),
        foreign: fields.has('foreign'),
      };
    },
    restore: (found, now) => {
      const isNode = now.traces.length > 0 || now.pods > 0;
      if (!isNode) return 'nothing';
      if (wasNode(found)) {
        const same = found.traces.join('\n') === now.traces.join('\n');
        return same ? 'nothing' : { leave: 'the machine was a Kubernetes node before' };
      }
      if (now.foreign === true) return { leave: 'somebody has made another cluster here since' };
      // Pods are stopped by the runtime, so that the pod network gives back addresses and rules; what is deaf to it is killed.
      return withOptions(
        changes`(
set -e
export PATH=${binDir}:"$PATH"
if [ ! -x ${`${binDir}/kubeadm`} ]; then printf 'there is no kubeadm in %s any more\n' ${binDir} >&2; exit 1; fi
systemctl stop kubelet.service 2>/dev/null || :
${startRuntime}
${`${binDir}/kubeadm`} reset --force --cri-socket ${criSocket}
on_socket() { ctr --address ${socket} --connect-timeout 5s -n k8s.io "$@"; }
if command -v ctr >/dev/null && [ -S ${socket} ]; then
  for c in $(on_socket tasks ls -q); do on_socket tasks kill --all --signal SIGKILL "$c" || :; done
  for c in $(on_socket containers ls -q); do on_socket tasks delete --force "$c" >/dev/null 2>&1 || :; on_socket containers rm "$c" || :; done
fi
)`,
        { timeoutMs: 420_000 },
      );
    },
  };
}
