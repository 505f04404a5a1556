import { KUBEADM } from '../../artifacts/programs.js';
import { nodeAddress } from '../../facts/place.js';
import { GUEST_LABEL } from '../../config/names.js';
import { findMinor } from '../../config/versions.js';
import type { Context } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { NodeValues } from '../../render/kubeadm.js';
import { CONTAINERD } from '../../tools/containerd.js';
import { kubeadmVersion, parseVersion } from '../../tools/kubeadm.js';
import type { KubernetesVersion } from '../../tools/kubeadm.js';
import { toolPaths } from '../../tools/paths.js';

/** The version of the kubeadm on the machine. @throws KmonError `precondition` when it is not of the minor that kmon.yaml wants. */
export async function versionOf(m: Context): Promise<KubernetesVersion> {
  const version = parseVersion((await m.run.query(kubeadmVersion(toolPaths(m.supply)))).stdout);
  const wanted = m.config.kubernetes.version;
  if (`1.${version.minor}` === wanted) return version;
  const from = m.supply.program(KUBEADM).origin;
  throw new KmonError('precondition', `${from} is Kubernetes ${version.text}, kmon.yaml says ${wanted}`, {
    hint: `set kubernetes.version to "1.${version.minor}" in kmon.yaml, or use another bundle`,
  });
}

/** What init and join files have in common, from the facts of the machine and the kubeadm on it. */
export async function nodeValues(m: Context): Promise<NodeValues> {
  return valuesFor(m, (await versionOf(m)).text);
}

/** The same for a plan, before kubeadm is on the machine: of the minor that kmon.yaml wants. */
export function valuesOnceInstalled(m: Context): NodeValues {
  return valuesFor(m, `${m.config.kubernetes.version}.0`);
}

function valuesFor(m: Context, version: string): NodeValues {
  return {
    version,
    name: m.machine.name,
    nodeIp: nodeAddress(m.machine, m.facts),
    criSocket: CONTAINERD.socket,
    ...(m.machine.guest === true ? { labels: { [GUEST_LABEL]: 'true' } } : {}),
    ignorePreflight: [
      ...m.config.kubernetes.ignorePreflight,
      ...(m.facts.swap ? ['Swap'] : []),
      // It refuses cgroup v1 whatever the kubelet is told; what else it looks at, `kmon check` has looked at.
      ...(m.facts.cgroup === 1 && findMinor(version)?.cgroupV1 === 'when-told' ? ['SystemVerification'] : []),
    ],
  };
}
