import type { Context } from '../../engine/context.js';
import { KmonError } from '../../errors/kmon-error.js';
import { apiPath, getIfThere } from '../../tools/kubectl.js';
import { itemsOf } from '../../tools/kubernetes-objects.js';

/**
 * A Prometheus in a cluster that is no room of kmon's, which some operator keeps: that one would take kmon's for its own, and the two operators
 * would undo each other's work.
 */
export async function othersPrometheus(c: Context): Promise<KmonError | undefined> {
  if (c.cluster.context === undefined) return undefined;
  const path = apiPath('apis', 'monitoring.coreos.com', 'v1', 'prometheuses');
  const result = await c.cluster.query(getIfThere(c.cluster.kubectl, path));
  if (result.exitCode !== 0) return undefined;
  const own = `${c.config.monitoring.namespace}/kmon-prometheus`;
  const [other] = itemsOf(result, 'objects')
    .map((item) => `${item.at('metadata', 'namespace').text ?? ''}/${item.at('metadata', 'name').text ?? ''}`)
    .filter((name) => name !== own);
  if (other === undefined) return undefined;
  return new KmonError(
    'precondition',
    `the cluster has a Prometheus of somebody else's, by an operator: ${other}`,
    {
      hint: 'set monitoring.profile to lite in kmon.yaml, which needs no operator',
    },
  );
}
