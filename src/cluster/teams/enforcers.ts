import { getDaemonSets } from '../../tools/kubectl.js';
import { itemsOf } from '../../tools/kubernetes-objects.js';
import type { ClusterReader } from '../cluster-runner.js';

/** The programs that make a NetworkPolicy true, by the DaemonSets that they come as. */
const ENFORCERS = [
  'anetd',
  'antrea-agent',
  'azure-npm',
  'calico-node',
  'canal',
  'cilium',
  'kube-router',
  'weave-net',
];

/**
 * What does in this cluster what a NetworkPolicy says; `undefined`: nothing that is known. None of the three networks of a room does, so a room is
 * not asked.
 */
export async function enforcerOf(cluster: ClusterReader): Promise<string | undefined> {
  if (cluster.context === undefined) return undefined;
  const names = itemsOf(await cluster.query(getDaemonSets(cluster.kubectl)), 'DaemonSets').map(
    (item) => item.at('metadata', 'name').text,
  );
  return ENFORCERS.find((name) => names.includes(name));
}
