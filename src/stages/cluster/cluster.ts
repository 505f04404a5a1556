import { until } from '../../engine/until.js';
import type { Context } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { ownershipOf } from '../../facts/ownership.js';
import { askInitParts, initTraces, parseInitParts } from '../../tools/kubeadm-complete.js';
import type { Kubectl } from '../../tools/kubectl.js';
import { getNodes, getReadyz } from '../../tools/kubectl.js';
import { parseNodes, parseReadyz } from '../../tools/kubernetes-objects.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { ADMIN_KUBECONFIG, toolPaths } from '../../tools/paths.js';

/** The parent's kubectl with kubeadm's own kubeconfig; the owner's are never used. */
export function kubectlOf(m: Context): Kubectl {
  return { binary: toolPaths(m.supply).kubectl, kubeconfig: ADMIN_KUBECONFIG };
}

/**
 * How far the control plane is. `absent`: kubeadm init has not left its kubeconfig. `not-ours`: what is there is an owner's or another room's,
 * and is not asked anything. `half`: the API server is ready, and kubeadm init has not come to its end; `missing` names what it lacks.
 * `initialized`, `marked`: kubeadm init is known to have come to its end.
 */
export type ControlPlane =
  | { readonly state: 'absent' | 'not-ours' }
  | { readonly state: 'ready'; readonly marked: boolean }
  | { readonly state: 'not-answering'; readonly initialized: boolean }
  | { readonly state: 'half'; readonly missing: readonly string[] };

/** Asks `/readyz` on the parent, and what kubeadm does last; all machines together at most once a second. */
export function controlPlane(m: Context): Promise<ControlPlane> {
  return m.shared('control-plane', 900, async () => {
    if (!isOurParent(m)) return { state: 'not-ours' };
    const traces = (await m.parent.query(initTraces)).stdout.split('\n');
    if (!traces.includes('yes')) return { state: 'absent' };
    const initialized = traces.includes('done');
    const { ready } = parseReadyz(await m.parent.query(getReadyz(kubectlOf(m))));
    if (!ready) return { state: 'not-answering', initialized };
    if (initialized) return { state: 'ready', marked: true };
    const minor = Number(m.config.kubernetes.version.split('.')[1]);
    const parts = parseInitParts((await m.parent.query(askInitParts(kubectlOf(m), minor))).stdout);
    if (parts.missing.length > 0) return { state: 'half', missing: parts.missing };
    return parts.unknown.length > 0
      ? { state: 'not-answering', initialized }
      : { state: 'ready', marked: false };
  });
}

/** Another room's cluster, or an owner's, is never asked or told anything: its nodes may have the same names. */
function isOurParent(m: Context): boolean {
  const { parent } = m.config.room;
  const facts = m.factsOf.get(parent.name);
  if (facts === undefined) return true;
  const { of } = ownershipOf(parent, facts, m.config);
  return of === 'us' || of === 'nobody';
}

/** The nodes as the API tells them, asked through the parent at most once a second by all machines together. */
export function clusterNodes(m: Context): Promise<readonly ClusterNode[]> {
  return m.shared('nodes', 900, async () => parseNodes(await m.parent.query(getNodes(kubectlOf(m)))));
}

/** This machine's node, or `undefined` when the cluster does not know it. */
export async function ownNode(m: Context): Promise<ClusterNode | undefined> {
  return (await clusterNodes(m)).find((n) => n.name === m.machine.name);
}

/** The nodes, once each has its range of pod addresses, which the controller manager gives within seconds of the registration. */
export async function nodesWithRanges(m: Context): Promise<readonly ClusterNode[]> {
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
export async function requireCluster(m: Context): Promise<void> {
  const now = await controlPlane(m);
  const parent = m.config.room.parent.name;
  switch (now.state) {
    case 'ready':
      return;
    case 'absent':
      throw new KmonError('precondition', `there is no cluster on ${parent} yet`, {
        hint: 'run `kmon init-parent` first',
      });
    case 'not-ours':
      throw new KmonError('precondition', `the cluster on ${parent} is not this room's`, {
        hint: 'run `kmon check`: it says whose it is',
      });
    case 'half':
      throw new KmonError(
        'precondition',
        `the cluster on ${parent} is half made: ${now.missing.join(', ')} missing`,
        { hint: 'run `kmon init-parent`: it ends what was begun' },
      );
    case 'not-answering':
      throw new KmonError('precondition', `the control plane on ${parent} does not answer`, {
        hint: 'run `kmon init-parent`: it waits for it or says what is wrong',
      });
  }
}

/** Of a machine that the cluster does not know, for commands that need it there. */
export function notInCluster(machine: string): KmonError {
  return new KmonError('precondition', 'it is not in the cluster: the cluster knows no node of this name', {
    hint: `run \`kmon join-child --only ${machine}\` first`,
  });
}
