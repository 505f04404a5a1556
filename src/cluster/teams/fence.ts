import { apiPath } from '../../tools/kubectl.js';
import type { ClusterReader } from '../cluster-runner.js';
import { ownerOf } from './made-by.js';
import type { Owner } from './made-by.js';

/** The policy that turns down what a team has the right to make and must not be as it is, and its binding: see templates/teams/fence.yaml. */
export const FENCE = 'kmon-team';

/** The policy in a cluster. */
export interface Fence {
  /** Whether the API server can enforce it: since Kubernetes 1.30. */
  readonly served: boolean;
  readonly policy: Owner;
  readonly binding: Owner;
}

/** Only looks. */
export async function lookAtFence(cluster: ClusterReader): Promise<Fence> {
  const policy = await ownerOf(cluster, pathOf('validatingadmissionpolicies'));
  if (policy === 'unserved') return { served: false, policy: 'absent', binding: 'absent' };
  const binding = await ownerOf(cluster, pathOf('validatingadmissionpolicybindings'));
  return { served: true, policy, binding: binding === 'unserved' ? 'absent' : binding };
}

/** Whether the API server can enforce it. Only looks. */
export async function isFenceServed(cluster: ClusterReader): Promise<boolean> {
  return (await ownerOf(cluster, pathOf('validatingadmissionpolicies'))) !== 'unserved';
}

function pathOf(plural: string): string {
  return apiPath('apis', 'admissionregistration.k8s.io', 'v1', plural, FENCE);
}
