import type { MachineContext, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import { deleteNode, drainNode } from '../../tools/kubectl.js';
import { clusterNodes, controlPlane, kubectlOf } from './cluster.js';

/** A room is small and its pods are exercises: what does not move in this time is stopped with the machine. */
const DRAIN_SECONDS = 30;

/**
 * Takes the children out of the cluster in good order: drain, delete the node. Only a courtesy to a cluster that lives on: when the
 * parent is gone or does not answer there is nothing to leave, and the machine is given back all the same.
 */
export const leaveCluster: Stage = {
  id: 'leave-cluster',
  title: 'Take the children out of the cluster',
  after: ['whose-to-give-back'],
  on: 'children',
  settleMs: 10_000,
  probe: async (m) => {
    if (!(await clusterAnswers(m))) return satisfied('there is no cluster that answers');
    const nodes = await clusterNodes(m);
    return nodes.some((n) => n.name === m.machine.name)
      ? pending('in the cluster')
      : satisfied('not in the cluster');
  },
  outline: (m) => [`drain and delete the node ${m.machine.name}`],
  apply: async (m) => {
    const kubectl = kubectlOf(m);
    m.say('draining');
    try {
      await m.parent.mutate(
        `drain ${m.machine.name}`,
        drainNode(kubectl, m.machine.name, { timeoutSeconds: DRAIN_SECONDS, graceSeconds: 5 }),
      );
    } catch (error) {
      // A dead kubelet cannot be drained; the node goes away in any case.
      m.notice(`not drained: ${error instanceof Error ? error.message : String(error)}`);
    }
    await m.parent.mutate(`delete the node ${m.machine.name}`, deleteNode(kubectl, m.machine.name));
  },
};

async function clusterAnswers(m: MachineContext): Promise<boolean> {
  try {
    const { state } = await controlPlane(m);
    return state === 'ready' || state === 'half';
  } catch {
    return false;
  }
}
