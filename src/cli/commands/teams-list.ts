import { defineCommand } from '../command.js';
import { ASKING } from '../room-exit-codes.js';
import { CONFIG, SHOWING } from '../room-options.js';
import { TEAMS_CONTEXT } from '../teams-options.js';

export const teamsList = defineCommand({
  name: 'teams list',
  summary: 'the teams, how much of their part they use, and where their kubeconfigs are',
  description:
    'Changes nothing. Tells also of teams that are in the cluster and that kmon.yaml does not name any more.',
  arguments: {},
  options: { config: CONFIG, context: TEAMS_CONTEXT, ...SHOWING },
  examples: [
    { line: 'kmon teams list', does: 'one line a team' },
    { line: 'kmon teams list --json', does: 'the same as data', means: { json: true } },
  ],
  exitCodes: ASKING,
  run: async (io, given) => (await import('../actions/teams.js')).listTeams(io, given),
});
