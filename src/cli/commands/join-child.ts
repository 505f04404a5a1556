import { defineCommand } from '../command.js';
import { SETTING_ASIDE } from '../room-exit-codes.js';
import { CHANGING } from '../room-options.js';

export const joinChild = defineCommand({
  name: 'join-child',
  summary: 'join the children, all at once (kubeadm join)',
  description: [
    'Prepares the children and joins each with a token of its own. Done when the node is Ready and a pod on it resolves a name and reaches a',
    'service. A child that fails is set aside; the others go on.',
  ].join(' '),
  arguments: {},
  options: CHANGING,
  examples: [
    {
      line: 'kmon join-child --only pc-12',
      does: 'one child that came late, or was set aside',
      means: { only: ['pc-12'] },
    },
  ],
  exitCodes: SETTING_ASIDE,
  run: async (io, given) => (await import('../actions/join-child.js')).joinChildren(io, given),
});
