import { defineCommand } from '../command.js';
import { PROVING } from '../room-exit-codes.js';
import { CHANGING } from '../room-options.js';

export const initParent = defineCommand({
  name: 'init-parent',
  summary: 'make the parent the control plane (kubeadm init, pod network)',
  description:
    'Prepares the parent, runs kubeadm init and starts the pod network. Done when the API is ready, the node is Ready, and a pod on it resolves a name and reaches a service.',
  arguments: {},
  options: CHANGING,
  examples: [{ line: 'kmon init-parent', does: 'a second time it changes nothing' }],
  exitCodes: PROVING,
  run: async (io, given) => (await import('../actions/init-parent.js')).initParent(io, given),
});
