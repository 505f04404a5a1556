import { lookingStage, onParent, satisfied } from '../../engine/stage.js';
import { whose } from '../machine/whose.js';
import { requireCluster } from './control-plane.js';

/** For commands that add something to a cluster: before anything is sent or changed for it, there is one. */
export const clusterThere = lookingStage<undefined>({
  id: 'cluster-there',
  title: 'Ask for the cluster',
  after: onParent(whose),
  on: 'cluster',
  look: async (c) => {
    await requireCluster(c);
    return undefined;
  },
  judge: () => satisfied('it answers'),
});
