import type { Context, Stage } from '../../engine/stage.js';
import { here, pending, satisfied } from '../../engine/stage.js';
import { labelNode } from '../../tools/kubectl.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { ownNode } from '../../cluster/nodes.js';
import { joinChild } from './join-child.js';

/** The children's labels: their role, which kubeadm gives to control planes only, and the team of kmon.yaml. */
export const labelNodes: Stage<ClusterNode | undefined> = {
  id: 'label-nodes',
  title: 'Label the nodes',
  after: here(joinChild),
  on: 'children',
  apart: true,
  settleMs: 5_000,
  look: ownNode,
  foresee: () => undefined,
  judge: (node, m) => {
    if (node === undefined) return pending('the cluster does not know the node');
    const wrong = Object.entries(labelsOf(m)).filter(([key, value]) => node.labels[key] !== value);
    return wrong.length === 0
      ? satisfied('labelled')
      : pending(`without ${wrong.map(([key]) => key).join(', ')}`);
  },
  steps: (_, m) => [
    {
      at: 'cluster',
      intent: `label the node ${m.machine.name}: ${Object.entries(labelsOf(m)).map(inWords).join(', ')}`,
      command: labelNode(m.cluster.kubectl, m.machine.name, labelsOf(m)),
    },
  ],
};

function inWords([key, value]: readonly [string, string]): string {
  return `${key}=${value}`;
}

function labelsOf(m: Context): Readonly<Record<string, string>> {
  const { team } = m.machine;
  return { 'node-role.kubernetes.io/worker': '', ...(team === undefined ? {} : { 'kmon/team': team }) };
}
