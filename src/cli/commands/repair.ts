import { defineCommand } from '../command.js';
import { CONFIG, DRY_RUN, ONLY, SHOWING, YES } from '../room-options.js';

export const repair = defineCommand({
  name: 'repair',
  summary: 'find machines that got another address, by their host keys, and write the new ones down',
  description: [
    'A router may give a laptop that was away another address. Each machine is asked for its host key at the address of kmon.yaml; those that',
    'are not there are looked for among the 254 addresses around theirs and around the parent. A machine is the one that shows a key which is pinned',
    'for it: no login is tried, and nothing is changed on any machine. `kmon up` then has the node report its new address, without a new join;',
    'where it is the parent that has moved, its control plane gets the new address, and the cluster stays.',
  ].join(' '),
  arguments: {},
  options: { dryRun: DRY_RUN, only: ONLY, config: CONFIG, ...SHOWING, yes: YES },
  examples: [
    { line: 'kmon repair', does: 'find who has moved, ask, and write kmon.yaml' },
    {
      line: 'kmon repair --dry-run',
      does: 'only say where the machines are',
      means: { dryRun: true },
    },
  ],
  exitCodes: ['config', 'partial'],
  run: async (io, given) => (await import('../actions/repair.js')).repair(io, given),
});
