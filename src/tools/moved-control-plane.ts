import { changes, inOrder } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { killContainers } from './containerd.js';
import { setNodeIp } from './node-ip.js';
import type { ToolPaths } from './paths.js';

const ETC = '/etc/kubernetes';
export const API_SERVER_MANIFEST = `${ETC}/manifests/kube-apiserver.yaml`;
/**
 * Is there from the moment at which a control plane is told its new address until the node of its machine has that too. Holds the addresses that it
 * had and was given, one a line, and behind them `whole` once all of it has the last.
 */
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
 * its own. Safe to repeat, also where one that broke off was for yet another address.
 *
 * @param configFile a configuration for `kubeadm init`, with the new address
 */
export function moveControlPlane(
  { kubeadm }: Pick<ToolPaths, 'kubeadm'>,
  { from, to, configFile }: { readonly from: string; readonly to: string; readonly configFile: string },
): Command<'changes'> {
  // Not beside a manifest: the kubelet would take a second file there for another pod.
  const beside = `${MOVING}.new`;
  const certificates = CERTIFICATES.map(
    ([phase, file]) => changes`rm -f ${`${ETC}/pki/${file}.crt`} ${`${ETC}/pki/${file}.key`}
${kubeadm} init phase certs ${phase} --config ${configFile} >/dev/null`,
  );
  return inOrder([
    changes`umask 077
touch ${MOVING}
{ grep -v whole ${MOVING} || :; printf '%s\n' ${from} ${to}; } >${beside}
mv ${beside} ${MOVING}
readdress() {
  cat "$1" >${beside}
  for a in $(sort -u ${MOVING}); do
    [ "$a" != ${to} ] || continue
    sed -E "s/(^|[^0-9.])$(printf %s "$a" | sed 's/[.]/[.]/g')($|[^0-9.])/\1"${to}"\2/g" ${beside} >${beside}er
    mv ${beside}er ${beside}
  done
  mv ${beside} "$1"
}
for f in ${ETC}/*.conf; do readdress "$f"; done`,
    ...certificates,
    changes`readdress ${ETC}/manifests/etcd.yaml
readdress ${API_SERVER_MANIFEST}`,
    // These read where the API is when they start, and what answers as the API until they end is the one of before.
    ...['kube-controller-manager', 'kube-scheduler', 'kube-apiserver', 'etcd'].map(killContainers),
    // A kubelet that starts looks at the manifests at once, and not within twenty seconds.
    setNodeIp(to),
    changes`echo whole >>${MOVING}`,
  ]);
}

/** The node of the machine has the new address as well. */
export const hasMovedAsWhole: Command<'changes'> = changes`rm -f ${MOVING}`;
