import { ownNode } from '../../cluster/nodes.js';
import { blocked, here, lookingStage, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { whose } from '../machine/whose.js';
import { notInCluster, requireCluster } from './control-plane.js';

/**
 * Only what is in the cluster is loaded: of any other child nothing could be seen. Comes before everything, so that nothing is installed on
 * such a child either.
 */
export const inCluster = lookingStage<KmonError | undefined>({
  id: 'in-cluster',
  title: 'See which children are in the cluster',
  after: here(whose),
  on: 'children',
  look: async (c) => {
    try {
      await requireCluster(c);
    } catch (error) {
      if (error instanceof KmonError) return error;
      throw error;
    }
    return (await ownNode(c)) === undefined ? notInCluster(c.machine.name) : undefined;
  },
  judge: (refused) => (refused === undefined ? satisfied('in the cluster') : blocked(refused)),
});
