import { lookingStage, satisfied } from '../../engine/stage.js';
import type { RoomAnswer } from '../../observe/room-metrics.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { controlPlane } from './control-plane.js';
import { roomMetrics } from './metrics.js';

/** What the parent told; absent: the control plane, or Prometheus, was not there to be asked. */
export interface ClusterSeen {
  readonly nodes?: readonly ClusterNode[];
  readonly metrics?: RoomAnswer;
}

/** Asks the cluster and Prometheus through the parent. Never pending: it only looks. */
export const lookAtCluster = lookingStage<ClusterSeen>({
  id: 'status',
  title: 'Ask the cluster',
  after: [],
  on: 'parent',
  look: async (c) => {
    const { state } = await controlPlane(c);
    if (state !== 'ready' && state !== 'half') return {};
    return { nodes: await clusterNodes(c), metrics: await roomMetrics(c) };
  },
  judge: ({ nodes }) =>
    satisfied(nodes === undefined ? 'the control plane does not answer' : `${nodes.length} nodes`),
});
