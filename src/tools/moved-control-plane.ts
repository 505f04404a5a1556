import { changes, inOrder } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { killContainers } from './containerd.js';
import { setNodeIp } from './node-ip.js';
import type { ToolPaths } from './paths.js';

const ETC = '/etc/kubernetes';
export const API_SERVER_MANIFEST = `${ETC}/manifests/kube-apiserver.yaml`;
/** Is there from the moment at which a control plane is told its new address until the node of its machine has that too. */
export const MOVING = `${ETC}/kmon-moving`;

/** Of these a certificate holds the address. As `kubeadm init phase certs` calls them, and where they are. */
const CERTIFICATES = [
  ['apiserver', 'apiserver'],
  ['etcd-server', 'etcd/server'],
  ['etcd-peer', 'etcd/peer'],
] as const;

/**
 * Has the control plane that kubeadm has made on a machine listen, and be known, at another address of it. What it holds stays: an etcd of one member
 * asks nobody where that is. kubeadm makes the certificates anew, by a configuration on the machine; the rest is an address in files of
 * its own. The manifest of the API server comes last: by that one a move that broke off is known, and done once more.
 *
 * @param configFile a configuration for `kubeadm init`, with the new address
 */
export function moveControlPlane(
  { kubeadm }: Pick<ToolPaths, 'kubeadm'>,
  { from, to, configFile }: { readonly from: string; readonly to: string; readonly configFile: string },
): Command<'changes'> {
  const [apart, next] = ['(^|[^0-9.])', '($|[^0-9.])'];
  const another = `s/${apart}${from.replaceAll('.', '[.]')}${next}/\\1${to}\\2/g`;
  // Not beside a manifest: the kubelet would take a second file there for another pod.
  const beside = `${MOVING}.new`;
  const certificates = CERTIFICATES.map(
    ([phase, file]) => changes`rm -f ${`${ETC}/pki/${file}.crt`} ${`${ETC}/pki/${file}.key`}
${kubeadm} init phase certs ${phase} --config ${configFile} >/dev/null`,
  );
  return inOrder([
    changes`umask 077
: >${MOVING}
readdress() {
  sed -E ${another} "$1" >${beside}
  mv ${beside} "$1"
}
for f in ${ETC}/*.conf; do readdress "$f"; done`,
    ...certificates,
    changes`readdress ${ETC}/manifests/etcd.yaml
readdress ${API_SERVER_MANIFEST}`,
    // They read where the API is when they start.
    killContainers('kube-controller-manager'),
    killContainers('kube-scheduler'),
    // A kubelet that starts looks at the manifests at once, and not within twenty seconds.
    setNodeIp(to),
  ]);
}

/** The node of the machine has the new address as well. */
export const hasMovedAsWhole: Command<'changes'> = changes`rm -f ${MOVING}`;
