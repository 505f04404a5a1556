import { GUEST_LABEL } from '../../config/names.js';
import type { Context, Stage } from '../../engine/stage.js';
import { here, pending, satisfied } from '../../engine/stage.js';
import { labelNode } from '../../tools/kubectl.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { ownNode } from '../../cluster/nodes.js';
import { joinChild } from './join-child.js';

/** The children's labels: their role, which kubeadm gives to control planes only, the team of kmon.yaml, and whether they are guests. */
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
    const wrong = Object.entries(labelsOf(m, node)).filter(
      ([key, value]) => (node.labels[key] ?? null) !== value,
    );
    const lacking = wrong.filter(([, value]) => value !== null).map(([key]) => key);
    if (lacking.length > 0) return pending(`without ${lacking.join(', ')}`);
    return wrong.length === 0
      ? satisfied('labelled')
      : pending(`with ${wrong.map(([key]) => key).join(', ')}, which it is not any more`);
  },
  steps: (node, m) => [
    {
      at: 'cluster',
      intent: `label the node ${m.machine.name}: ${Object.entries(labelsOf(m, node)).map(inWords).join(', ')}`,
      command: labelNode(m.cluster.kubectl, m.machine.name, labelsOf(m, node)),
    },
  ],
};

function inWords([key, value]: readonly [string, string | null]): string {
  return value === null ? `${key}-` : `${key}=${value}`;
}

/** `null`: a label that goes. A guest's kubelet has said that it is one when it registered; it is looked at here as well, and after a change. */
function labelsOf(m: Context, node: ClusterNode | undefined): Readonly<Record<string, string | null>> {
  const { team, guest } = m.machine;
  return {
    'node-role.kubernetes.io/worker': '',
    ...(team === undefined ? {} : { 'kmon/team': team }),
    ...(guest === true
      ? { [GUEST_LABEL]: 'true' }
      : node?.labels[GUEST_LABEL] === undefined
        ? {}
        : { [GUEST_LABEL]: null }),
  };
}
