import { findMinor } from '../../config/versions.js';
import type { MachineContext } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { NodeValues } from '../../render/kubeadm.js';
import { CONTAINERD } from '../../tools/containerd.js';
import { kubeadmVersion, parseVersion } from '../../tools/kubeadm.js';
import type { KubernetesVersion } from '../../tools/kubeadm.js';
import { toolPaths } from '../../tools/paths.js';

/** The version of the kubeadm on the machine. @throws KmonError `precondition` when it is not of the minor that kmon.yaml wants. */
export async function versionOf(m: MachineContext): Promise<KubernetesVersion> {
  const version = parseVersion((await m.run.query(kubeadmVersion(toolPaths(m.config)))).stdout);
  const wanted = m.config.kubernetes.version;
  if (`1.${version.minor}` === wanted) return version;
  const from = m.bundle === undefined ? 'the installed kubeadm' : 'the bundle';
  throw new KmonError('precondition', `${from} is Kubernetes ${version.text}, kmon.yaml says ${wanted}`, {
    hint: `set kubernetes.version to "1.${version.minor}" in kmon.yaml, or use another bundle`,
  });
}

/** What init and join files have in common, from the facts of the machine. */
export async function nodeValues(m: MachineContext): Promise<NodeValues> {
  const version = await versionOf(m);
  return {
    version: version.text,
    name: m.machine.name,
    // The address the others are reached from, which need not be that of the first network card.
    nodeIp: m.facts.routeToParent?.source ?? m.machine.address,
    criSocket: CONTAINERD.socket,
    ignorePreflight: [
      ...m.config.kubernetes.ignorePreflight,
      ...(m.facts.swap ? ['Swap'] : []),
      // It refuses cgroup v1 whatever the kubelet is told; what else it looks at, `kmon check` has looked at.
      ...(m.facts.cgroup === 1 && findMinor(version.text)?.cgroupV1 === 'when-told'
        ? ['SystemVerification']
        : []),
      // The stage `images` has loaded those of the bundle; pulling the others (CoreDNS, where the bundle has none) can only fail.
      ...(m.bundle === undefined ? [] : ['ImagePull']),
    ],
  };
}
