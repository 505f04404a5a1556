import { lookingStage, satisfied } from '../../engine/stage.js';
import { requireCluster } from './control-plane.js';

/** For commands that add something to a cluster: before anything is sent for it, there is one. */
export const clusterThere = lookingStage<undefined>({
  id: 'cluster-there',
  title: 'Ask for the cluster',
  after: [],
  on: 'cluster',
  look: async (c) => {
    await requireCluster(c);
    return undefined;
  },
  judge: () => satisfied('it answers'),
});
