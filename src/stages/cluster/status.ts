import type { Stage } from '../../engine/stage.js';
import { lookingStage, satisfied } from '../../engine/stage.js';
import type { RoomAnswer } from '../../observe/room-metrics.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { clusterNodes, controlPlane } from './cluster.js';
import { roomMetrics } from './metrics.js';

/** What `lookAtRoom` saw; absent: the control plane, or Prometheus, was not there to be asked. */
export interface Sight {
  nodes?: readonly ClusterNode[];
  metrics?: RoomAnswer;
}

/** Asks the cluster and Prometheus through the parent and keeps the answers in `sight`. Never pending: it only looks. */
export function lookAtRoom(sight: Sight): Stage {
  return lookingStage({
    id: 'status',
    title: 'Ask the cluster',
    after: [],
    on: 'parent',
    probe: async (m) => {
      const { state } = await controlPlane(m);
      if (state !== 'ready' && state !== 'half') return satisfied('the control plane does not answer');
      sight.nodes = await clusterNodes(m);
      sight.metrics = await roomMetrics(m);
      return satisfied(`${sight.nodes.length} nodes`);
    },
  });
}
