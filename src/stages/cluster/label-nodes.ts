import type { MachineContext, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import { labelNode } from '../../tools/kubectl.js';
import { kubectlOf, ownNode } from './cluster.js';

/** The children's labels: their role, which kubeadm gives to control planes only, and the team of kmon.yaml. */
export const labelNodes: Stage = {
  id: 'label-nodes',
  title: 'Label the nodes',
  after: ['child-network'],
  on: 'children',
  settleMs: 5_000,
  probe: async (m) => {
    const node = await ownNode(m);
    if (node === undefined) return pending('the cluster does not know the node');
    const wrong = Object.entries(labelsOf(m)).filter(([key, value]) => node.labels[key] !== value);
    return wrong.length === 0
      ? satisfied('labelled')
      : pending(`without ${wrong.map(([key]) => key).join(', ')}`);
  },
  outline: (m) => Object.entries(labelsOf(m)).map(([key, value]) => `label the node ${key}=${value}`),
  apply: (m) =>
    m.parent.mutate(`label ${m.machine.name}`, labelNode(kubectlOf(m), m.machine.name, labelsOf(m))),
};

function labelsOf(m: MachineContext): Readonly<Record<string, string>> {
  const { team } = m.machine;
  return { 'node-role.kubernetes.io/worker': '', ...(team === undefined ? {} : { 'kmon/team': team }) };
}
