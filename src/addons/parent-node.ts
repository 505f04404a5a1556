import { clusterNodes } from '../cluster/nodes.js';
import type { Context } from '../engine/context.js';
import { KmonError } from '../errors/kmon-error.js';
import type { ClusterNode } from '../tools/kubernetes-objects.js';

/** Name of the node on which the monitoring runs: the room's parent, or what stands for one in a cluster that is no room of kmon's. */
export async function parentOf(c: Context): Promise<string> {
  return c.cluster.context === undefined ? c.config.room.parent.name : firstOf(await clusterNodes(c), c);
}

/** The first control plane by its name, else the first node. */
export function firstOf(nodes: readonly ClusterNode[], c: Context): string {
  const byName = nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const first = byName.find((n) => n.roles.includes('control-plane')) ?? byName[0];
  if (first === undefined) throw new KmonError('precondition', `the cluster ${c.machine.name} has no node`);
  return first.name;
}
