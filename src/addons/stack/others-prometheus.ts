import type { ClusterReader } from '../../cluster/cluster-runner.js';
import type { ReadConfig } from '../../config/config.js';
import { KmonError } from '../../errors/kmon-error.js';
import { apiPath, getIfThere } from '../../tools/kubectl.js';
import { itemsOf, releaseOf } from '../../tools/kubernetes-objects.js';
import { ownElsewhere, ownIsElsewhere } from '../own-elsewhere.js';

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
  if (c.cluster.context === undefined) return undefined;
  const { others: other, elsewhere } = await operatedThere(c);
  if (elsewhere !== undefined) return ownIsElsewhere(elsewhere, c.config.monitoring.namespace);
  if (other === undefined) return undefined;
  return new KmonError(
    'precondition',
    `the cluster has a Prometheus of somebody else's, by an operator: ${other}`,
    {
      hint: 'set monitoring.profile to existing in kmon.yaml, which uses it, or to lite, which needs no operator',
    },
  );
}

/** What operators keep in a cluster, beside kmon's own in the namespace of kmon.yaml. */
export interface OperatedThere {
  /** Somebody else's: namespace and name. */
  readonly others?: string;
  /** The namespace of one that is kmon's own nevertheless. */
  readonly elsewhere?: string;
}

export async function operatedThere(c: OnWhichCluster): Promise<OperatedThere> {
  const path = apiPath('apis', 'monitoring.coreos.com', 'v1', 'prometheuses');
  const result = await c.cluster.query(getIfThere(c.cluster.kubectl, path));
  if (result.exitCode !== 0) return {};
  const own = `${c.config.monitoring.namespace}/kmon-prometheus`;
  const all = itemsOf(result, 'objects').map((item) => ({
    namespace: item.at('metadata', 'namespace').text ?? '',
    name: item.at('metadata', 'name').text ?? '',
    ...releaseOf(item),
  }));
  const elsewhere = ownElsewhere(all, c.config.monitoring.namespace);
  if (elsewhere !== undefined) return { elsewhere };
  const others = all.map(({ namespace, name }) => `${namespace}/${name}`).find((name) => name !== own);
  return others === undefined ? {} : { others };
}
