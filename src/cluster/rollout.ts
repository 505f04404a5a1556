import { getRollout } from '../tools/kubectl.js';
import type { RolloutKind } from '../tools/kubectl.js';
import { parseRollout } from '../tools/kubernetes-objects.js';
import type { ClusterReader } from './cluster-runner.js';

/** Something whose pods are waited for. */
export interface Workload {
  readonly kind: RolloutKind;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Why one of them does not run yet; `undefined`: they all do. A machine that is away keeps a DaemonSet short for ever: that it is there is
 * enough, and what it does on the others has a proof of its own.
 */
export async function notRolledOut(
  cluster: ClusterReader,
  workloads: readonly Workload[],
): Promise<string | undefined> {
  for (const { kind, namespace, name } of workloads) {
    const rollout = parseRollout(await cluster.query(getRollout(cluster.kubectl, kind, namespace, name)));
    if (rollout.state === 'absent') return `${name} is not there`;
    if (rollout.state !== 'done' && kind === 'deployments')
      return `${name}: ${rollout.ready} of ${rollout.wanted} ready`;
  }
  return undefined;
}
