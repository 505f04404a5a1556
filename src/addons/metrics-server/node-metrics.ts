import { clusterNodes } from '../../cluster/nodes.js';
import type { Context } from '../../engine/context.js';
import { apiPath, getIfThere } from '../../tools/kubectl.js';
import { parseNodeMetrics } from '../../tools/node-metrics.js';

const API = ['metrics.k8s.io', 'v1beta1'] as const;

/** Who serves the API of metrics: a cluster has one. */
export const METRICS_SERVICE = apiPath(
  'apis',
  'apiregistration.k8s.io',
  'v1',
  'apiservices',
  `${API[1]}.${API[0]}`,
);

/** What is missing until the metrics API has CPU and memory of every Ready node. */
export async function notMeasured(c: Context): Promise<string | undefined> {
  const nodes = (await clusterNodes(c)).filter(({ state }) => state === 'ready');
  if (nodes.length === 0) return 'no node is Ready';
  const answer = await c.cluster.query(getIfThere(c.cluster.kubectl, apiPath('apis', ...API, 'nodes')));
  if (answer.exitCode !== 0) return 'the metrics API does not answer yet';
  const measured = parseNodeMetrics(answer);
  const lacking = nodes.filter(({ name }) => !measured.some((m) => m.node === name)).map(({ name }) => name);
  return lacking.length === 0 ? undefined : `no value yet of ${lacking.join(', ')}`;
}
