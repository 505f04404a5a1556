import { until } from '../engine/until.js';
import type { MachineContext } from '../engine/stage.js';
import { KmonError } from '../errors/kmon-error.js';
import { reads } from '../shell/command.js';
import type { Kubectl } from '../tools/kubectl.js';
import { getNodes, getReadyz } from '../tools/kubectl.js';
import { parseNodes, parseReadyz } from '../tools/kubernetes-objects.js';
import type { ClusterNode } from '../tools/kubernetes-objects.js';
import { ADMIN_KUBECONFIG, toolPaths } from '../tools/paths.js';

/** The parent's kubectl with kubeadm's own kubeconfig; the owner's are never used. */
export function kubectlOf(m: MachineContext): Kubectl {
  return { binary: toolPaths(m.config).kubectl, kubeconfig: ADMIN_KUBECONFIG };
}

/** How far the control plane is. `absent`: kubeadm init has not left its kubeconfig. */
export type ControlPlane = 'absent' | 'not-answering' | 'ready';

/** Asks `/readyz` on the parent; all machines together at most once a second. */
export function controlPlane(m: MachineContext): Promise<ControlPlane> {
  return m.shared('control-plane', 900, async () => {
    const there = await m.parent.query(reads`[ -e ${ADMIN_KUBECONFIG} ] && echo yes || true`);
    if (there.stdout.trim() !== 'yes') return 'absent';
    return parseReadyz(await m.parent.query(getReadyz(kubectlOf(m)))).ready ? 'ready' : 'not-answering';
  });
}

/** The nodes as the API tells them, asked through the parent at most once a second by all machines together. */
export function clusterNodes(m: MachineContext): Promise<readonly ClusterNode[]> {
  return m.shared('nodes', 900, async () => parseNodes(await m.parent.query(getNodes(kubectlOf(m)))));
}

/** This machine's node, or `undefined` when the cluster does not know it. */
export async function ownNode(m: MachineContext): Promise<ClusterNode | undefined> {
  return (await clusterNodes(m)).find((n) => n.name === m.machine.name);
}

/** The nodes, once each has its range of pod addresses, which the controller manager gives within seconds of the registration. */
export async function nodesWithRanges(m: MachineContext): Promise<readonly ClusterNode[]> {
  const nodes = await until(
    async () => {
      const now = await clusterNodes(m);
      return now.some((n) => n.podCidr === undefined) ? undefined : now;
    },
    { withinMs: 30_000, everyMs: 1000, clock: m.clock, signal: m.signal },
  );
  if (nodes === undefined) {
    throw new KmonError('timeout', 'the cluster gave no pod address range to a node in 30 s', {
      hint: 'is the controller manager running? sudo crictl ps on the parent; then run kmon again',
    });
  }
  return nodes;
}

/** For commands that need a running cluster. @throws KmonError `precondition`. */
export async function requireCluster(m: MachineContext): Promise<void> {
  const state = await controlPlane(m);
  if (state === 'ready') return;
  const parent = m.config.room.parent.name;
  throw new KmonError(
    'precondition',
    state === 'absent'
      ? `there is no cluster on ${parent} yet`
      : `the control plane on ${parent} does not answer`,
    {
      hint:
        state === 'absent'
          ? 'run `kmon init-parent` first'
          : 'run `kmon init-parent`: it waits for it or says what is wrong',
    },
  );
}
