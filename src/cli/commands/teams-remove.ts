import { defineCommand } from '../command.js';
import { ROOM_NAME } from '../confirm-by-room.js';
import { notWith } from '../option.js';
import { PROVING } from '../room-exit-codes.js';
import { CONFIG, DRY_RUN, SHOWING, YES } from '../room-options.js';
import { ONE_TEAM, ROOMS_LOCK, TEAMS_CONTEXT } from '../teams-options.js';

export const teamsRemove = defineCommand({
  name: 'teams remove',
  summary: 'take the teams away with all that is in their namespaces, and their keys',
  description:
    'Every team that `kmon teams` has made, or one of them. Asks for the name of the room first, of the context with --context. `kmon teardown` needs no remove before it.',
  arguments: { team: ONE_TEAM },
  options: {
    dryRun: DRY_RUN,
    config: CONFIG,
    context: TEAMS_CONTEXT,
    ...SHOWING,
    yes: YES,
    room: notWith('--context', ROOM_NAME),
    breakLock: ROOMS_LOCK,
  },
  examples: [
    { line: 'kmon teams remove', does: 'all of them, with everything that they have made' },
    {
      line: 'kmon teams remove red --yes --room atelier-1',
      does: 'one, where nobody can be asked',
      means: { team: 'red', yes: true, room: 'atelier-1' },
    },
  ],
  exitCodes: PROVING,
  run: async (io, given) => (await import('../actions/teams-remove.js')).removeTeamsCommand(io, given),
});
