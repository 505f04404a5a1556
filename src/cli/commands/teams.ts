import { defineCommand } from '../command.js';
import { PROVING } from '../room-exit-codes.js';
import { CONFIG, DRY_RUN, SHOWING } from '../room-options.js';
import { ADOPT, ROOMS_LOCK, TEAMS_CONTEXT } from '../teams-options.js';

export const teams = defineCommand({
  name: 'teams',
  summary: 'a namespace, a part of the cluster and a key for each team, proven with that very key',
  description: [
    'The teams are those that children have in kmon.yaml (`team: red`), and those of `teams.names`. Each gets a namespace of its name with quota, limits,',
    'Pod Security and rights, and a kubeconfig on this computer (0600, for some hours, never shown). Done when each kubeconfig may do in its namespace what',
    'it should, and is refused what lies beyond it. A namespace that somebody else made is never taken over.',
  ].join(' '),
  arguments: {},
  options: {
    dryRun: DRY_RUN,
    config: CONFIG,
    context: TEAMS_CONTEXT,
    adopt: ADOPT,
    ...SHOWING,
    breakLock: ROOMS_LOCK,
  },
  examples: [
    { line: 'kmon teams', does: 'make the teams of kmon.yaml, or what is missing of them' },
    { line: 'kmon teams --dry-run', does: 'what each would get', means: { dryRun: true } },
    {
      line: 'kmon teams --context kind-lab',
      does: 'on a cluster that you have already',
      means: { context: 'kind-lab' },
    },
  ],
  exitCodes: PROVING,
  run: async (io, given) => (await import('../actions/teams.js')).teams(io, given),
});
