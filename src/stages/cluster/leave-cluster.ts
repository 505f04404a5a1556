import type { Context, Stage } from '../../engine/stage.js';
import { here, pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { deleteNode, drainNode } from '../../tools/kubectl.js';
import { whoseToGiveBack } from '../machine/whose.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { controlPlane } from './control-plane.js';

/** A room is small and its pods are exercises: what does not move in this time is stopped with the machine. */
const DRAIN_SECONDS = 30;

/**
 * Takes the children out of the cluster in good order: drain, delete the node. Only a courtesy to a cluster that lives on: when the
 * parent is gone or does not answer there is nothing to leave, and the machine is given back all the same.
 */
export const leaveCluster: Stage<'no cluster' | 'in it' | 'not in it'> = {
  id: 'leave-cluster',
  title: 'Take the children out of the cluster',
  after: here(whoseToGiveBack),
  on: 'children',
  settleMs: 10_000,
  look: async (m) => {
    if (!(await clusterAnswers(m))) return 'no cluster';
    const nodes = await clusterNodes(m);
    return nodes.some((n) => n.name === m.machine.name) ? 'in it' : 'not in it';
  },
  foresee: () => 'in it',
  judge: (seen) => {
    if (seen === 'in it') return pending('in the cluster');
    return satisfied(seen === 'no cluster' ? 'there is no cluster that answers' : 'not in the cluster');
  },
  steps: (_, m) => [
    {
      at: 'cluster',
      intent: `drain ${m.machine.name}`,
      command: drainNode(m.cluster.kubectl, m.machine.name, {
        timeoutSeconds: DRAIN_SECONDS,
        graceSeconds: 5,
      }),
      // A dead kubelet cannot be drained; the node goes away in any case.
      tolerate: ({ message }) => `not drained: ${message}`,
    },
    {
      at: 'cluster',
      intent: `delete the node ${m.machine.name}`,
      command: deleteNode(m.cluster.kubectl, m.machine.name),
    },
  ],
};

async function clusterAnswers(m: Context): Promise<boolean> {
  try {
    const { state } = await controlPlane(m);
    return state === 'ready' || state === 'half';
  } catch (error) {
    if (error instanceof KmonError && error.code === 'interrupted') throw error;
    return false;
  }
}
