import type { PodNetwork } from '../config/config.js';
import type { Reader } from '../runner/runner.js';
import { reads } from '../shell/command.js';
import { CONTAINERD } from '../tools/containerd.js';
import { AT_BOOT } from '../tools/pod-network.js';
import { VXLAN } from '../tools/vxlan.js';

const NETWORKS = ['routes', 'vxlan', 'flannel'] as const;
const MANIFESTS = '/etc/kubernetes/manifests';

/** What is settled when a cluster is made: its pods and Services have their addresses of it. */
export interface MadeWith {
  readonly network: PodNetwork;
  /** As kubeadm wrote them for the control plane; absent: its files are not there, or say nothing of it. */
  readonly podSubnet?: string;
  readonly serviceSubnet?: string;
}

/**
 * What kmon's cluster on the parent was made with: the network by the files that it keeps for the next start, which are there also while the network
 * is not, the ranges by the manifests of the control plane (https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/).
 * `undefined`: kmon has laid no network there. Only looks.
 *
 * @throws KmonError when the parent could not be asked, which is something else than that there is none
 */
export async function madeWith(parent: Reader): Promise<MadeWith | undefined> {
  const { stdout } = await parent.query(
    reads`if [ -e ${CONTAINERD.cniConf}/10-flannel.conflist ]; then echo network flannel
elif [ -e ${CONTAINERD.cniConf}/10-kmon.conflist ]; then
  if grep -qs -- ${VXLAN.device} ${AT_BOOT.folder}/10-here; then echo network vxlan; else echo network routes; fi
fi
sed -n 's/^ *- --cluster-cidr=/podSubnet /p' ${MANIFESTS}/kube-controller-manager.yaml 2>/dev/null || :
sed -n 's/^ *- --service-cluster-ip-range=/serviceSubnet /p' ${MANIFESTS}/kube-apiserver.yaml 2>/dev/null || :`,
  );
  const said = new Map(stdout.split('\n').map((line) => [line.split(' ')[0], line.split(' ')[1]]));
  const network = NETWORKS.find((n) => n === said.get('network'));
  if (network === undefined) return undefined;
  const [podSubnet, serviceSubnet] = [said.get('podSubnet'), said.get('serviceSubnet')];
  return {
    network,
    ...(podSubnet === undefined ? {} : { podSubnet }),
    ...(serviceSubnet === undefined ? {} : { serviceSubnet }),
  };
}
