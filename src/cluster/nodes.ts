import { getNodes } from '../tools/kubectl.js';
import { parseNodes } from '../tools/kubernetes-objects.js';
import type { ClusterNode } from '../tools/kubernetes-objects.js';
import type { ClusterAsker } from './cluster-runner.js';

/** The nodes as the API tells them, asked at most once a second by all machines together. */
export function clusterNodes(c: ClusterAsker): Promise<readonly ClusterNode[]> {
  return c.shared('nodes', 900, async () => parseNodes(await c.cluster.query(getNodes(c.cluster.kubectl))));
}

/** This machine's node, or `undefined` when the cluster does not know it. */
export async function ownNode(
  c: ClusterAsker & { readonly machine: { readonly name: string } },
): Promise<ClusterNode | undefined> {
  return (await clusterNodes(c)).find((n) => n.name === c.machine.name);
}
