import type { ClusterReader } from '../../cluster/cluster-runner.js';
import type { ReadConfig } from '../../config/config.js';
import { KmonError } from '../../errors/kmon-error.js';
import { apiPath, getIfThere } from '../../tools/kubectl.js';
import { itemsOf } from '../../tools/kubernetes-objects.js';

interface OnWhichCluster {
  readonly cluster: ClusterReader;
  readonly config: Pick<ReadConfig, 'monitoring'>;
}

/**
 * A Prometheus in a cluster that is no room of kmon's, which some operator keeps: that one would take kmon's for its own, and the two operators
 * would undo each other's work.
 */
export async function othersPrometheus(c: OnWhichCluster): Promise<KmonError | undefined> {
  // In a room's cluster whoever has one has it by the operator that kmon brought.
  const other = c.cluster.context === undefined ? undefined : await nameOfOthers(c);
  if (other === undefined) return undefined;
  return new KmonError(
    'precondition',
    `the cluster has a Prometheus of somebody else's, by an operator: ${other}`,
    {
      hint: 'set monitoring.profile to existing in kmon.yaml, which uses it, or to lite, which needs no operator',
    },
  );
}

/** Its namespace and name; `undefined`: there is none. */
export async function nameOfOthers(c: OnWhichCluster): Promise<string | undefined> {
  const path = apiPath('apis', 'monitoring.coreos.com', 'v1', 'prometheuses');
  const result = await c.cluster.query(getIfThere(c.cluster.kubectl, path));
  if (result.exitCode !== 0) return undefined;
  const own = `${c.config.monitoring.namespace}/kmon-prometheus`;
  return itemsOf(result, 'objects')
    .map((item) => `${item.at('metadata', 'namespace').text ?? ''}/${item.at('metadata', 'name').text ?? ''}`)
    .find((name) => name !== own);
}
