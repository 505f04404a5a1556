import { defineCommand } from '../command.js';
import { asWritten, flag, value } from '../option.js';
import { ASKING } from '../room-exit-codes.js';
import { CONFIG, SHOWING } from '../room-options.js';
import { ONE_TEAM, TEAMS_CONTEXT } from '../teams-options.js';

export const teamsCard = defineCommand({
  name: 'teams card',
  summary: 'a page to print: a card a team, in French and English',
  description: [
    'Address of the cluster, namespace, how to use the kubeconfig, address of the dashboards as a QR code. No secret is in it, unless --with-key asks for',
    'the key of one team. Only a file that is not there, or that it wrote before, is written.',
  ].join(' '),
  arguments: { team: ONE_TEAM },
  options: {
    config: CONFIG,
    context: TEAMS_CONTEXT,
    out: value({
      flag: '--out',
      operand: 'file',
      completes: 'files',
      parse: asWritten,
      standard: 'team-cards.html',
      help: 'where to',
    }),
    withKey: flag({
      flag: '--with-key',
      help: 'put the kubeconfig into the card, for a file that goes to that team alone',
    }),
    ...SHOWING,
  },
  examples: [
    { line: 'kmon teams card', does: 'all of them on one page' },
    {
      line: 'kmon teams card red --with-key --out red.html',
      does: 'with the key in it, to hand over on a USB stick',
      means: { team: 'red', withKey: true, out: 'red.html' },
    },
  ],
  exitCodes: ASKING,
  run: async (io, given) => (await import('../actions/teams-card.js')).writeTeamCards(io, given),
});
