import { defineCommand } from '../command.js';
import { ROOM_NAME } from '../confirm-by-room.js';
import { asWritten, flag, notWith, value } from '../option.js';
import { SETTING_ASIDE } from '../room-exit-codes.js';
import { CHANGING, CONFIG, ONLY } from '../room-options.js';

export const teardown = defineCommand({
  name: 'teardown',
  summary: 'give every machine back as it was found, and prove it',
  description: [
    'Children first, then the parent. Lists the machines and asks for the name of the room.',
    'With --context it takes away what `kmon deploy-monitoring`, `kmon addon add` and `kmon teams` have put on a cluster with --context NAME, and nothing else of it: asked for its name, or',
    'given --yes.',
  ].join(' '),
  arguments: {},
  options: {
    ...CHANGING,
    only: notWith('--local', ONLY),
    config: notWith('--local', CONFIG),
    room: notWith('--local', ROOM_NAME),
    context: notWith(
      '--local',
      value({
        flag: '--context',
        operand: 'name',
        parse: asWritten,
        help: 'the cluster of this kubeconfig context, and what was put there, instead of the room',
      }),
    ),
    local: flag({ flag: '--local', help: 'give back the computer this runs on; needs no kmon.yaml' }),
  },
  examples: [
    { line: 'kmon teardown', does: 'the evening of the workshop' },
    {
      line: 'kmon teardown --yes --room atelier-1',
      does: 'the same where nobody can be asked',
      means: { yes: true, room: 'atelier-1' },
    },
    {
      line: 'kmon teardown --context kind-lab',
      does: 'monitoring, add-ons and teams of a cluster that you had already',
      means: { context: 'kind-lab' },
    },
    {
      line: 'kmon teardown --local',
      does: 'this computer, from its own ledger alone',
      means: { local: true },
    },
  ],
  exitCodes: SETTING_ASIDE,
  run: async (io, given) => (await import('../actions/teardown.js')).teardown(io, given),
});
