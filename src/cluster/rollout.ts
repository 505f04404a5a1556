import { apiPath, getIfThere, getRollout } from '../tools/kubectl.js';
import type { RolloutKind } from '../tools/kubectl.js';
import { parseRollout, whyNotAvailable } from '../tools/kubernetes-objects.js';
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
    if (rollout.state !== 'done' && kind !== 'daemonsets')
      return `${name}: ${rollout.ready} of ${rollout.wanted} ready`;
  }
  return undefined;
}

/** A custom resource whose operator says in it how far it is. */
export interface CustomResource {
  /** "monitoring.coreos.com/v1" */
  readonly api: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
}

/** Why one of them is not what it should be yet; `undefined`: they all are, by their own conditions. */
export async function notAvailable(
  cluster: ClusterReader,
  resources: readonly CustomResource[],
): Promise<string | undefined> {
  for (const { api, plural, namespace, name } of resources) {
    const path = apiPath('apis', ...api.split('/'), 'namespaces', namespace, plural, name);
    const why = whyNotAvailable(await cluster.query(getIfThere(cluster.kubectl, path)));
    if (why !== undefined) return `${name}: ${why}`;
  }
  return undefined;
}
