import type { Context, Stage } from '../../engine/stage.js';
import { here, onParent, pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { ownNode } from '../../cluster/nodes.js';
import { diagnosePods, hinderedPods, inTheWayOf } from '../../cluster/hindered-pods.js';
import { podNetworks } from './addons.js';
import { podNetwork } from './pod-network.js';
import { pullAgain } from './pull-again.js';

/** Ready is what the API says of the node. Changes nothing; it only waits, since a pod network needs a moment to be seen. */
export const ready: Stage<ClusterNode | undefined> = {
  id: 'ready',
  title: 'Wait until the nodes are Ready',
  after: [...here(podNetwork), ...onParent(pullAgain, ...podNetworks)],
  on: 'all',
  settleMs: 120_000,
  look: ownNode,
  foresee: () => undefined,
  judge: (node) => {
    if (node === undefined) return pending('the cluster does not know the node');
    if (node.state === 'ready') return satisfied('node is Ready');
    return pending(`node is not Ready: ${node.because ?? 'no answer from its kubelet'}`);
  },
  hindrance: async (c) => {
    const here = (await hinderedPods(c)).filter(
      ({ pod }) => pod.namespace === 'kube-system' && pod.node === c.machine.name,
    );
    return inTheWayOf(here, againFor(c));
  },
  diagnose: async (because, c) => {
    const { machine, cluster } = c;
    const again = againFor(c);
    // A pod network that does not come up is the usual reason, and its pods say why.
    const pods = await diagnosePods(cluster, 'kube-system', again, {
      only: ({ node }) => node === machine.name,
    });
    if (pods !== undefined) return pods;
    return new KmonError('not-verified', because, {
      hint: `look at its kubelet (sudo journalctl -u kubelet -n 50) and ${again}`,
    });
  },
};

function againFor({ machine }: Context): string {
  const command = machine.role === 'parent' ? 'init-parent' : `join-child --only ${machine.name}`;
  return `run \`kmon ${command}\` again`;
}
