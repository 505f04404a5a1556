import type { Secret } from '../shell/secret.js';
import { parseAttempts, tryWithKubeconfig } from '../tools/api-attempts.js';
import type { ApiAttempt, AttemptOutcome } from '../tools/api-attempts.js';
import { getClusterEntry } from '../tools/kubectl.js';
import type { ClusterReader } from './cluster-runner.js';
import { kubeconfigText, parseClusterEntry } from './teams/kubeconfig.js';

/** Tries what a token opens, and nothing else: in order, one outcome each. Changes nothing in the cluster. */
export async function tryToken(
  cluster: ClusterReader,
  token: Secret,
  attempts: readonly ApiAttempt[],
): Promise<readonly AttemptOutcome[]> {
  const entry = parseClusterEntry(await cluster.query(getClusterEntry(cluster.kubectl)));
  // What it is called in a file that lives for a moment is nobody's matter.
  const kubeconfig = await kubeconfigText({ team: 'token', room: 'cluster', cluster: entry, token });
  return parseAttempts(await cluster.query(tryWithKubeconfig(cluster.kubectl, kubeconfig, attempts)));
}
