import { defineCommand } from '../command.js';
import { value } from '../option.js';
import { SETTING_ASIDE } from '../room-exit-codes.js';
import { CHANGING } from '../room-options.js';
import { parseDuration, parsePercent } from '../values.js';

export const stress = defineCommand({
  name: 'stress',
  summary: 'load the children for a while and watch it (stress-ng)',
  description:
    'The load ends by itself on the child, even if this computer is lost. Ctrl-C stops it everywhere. When it is over it is marked in Grafana, where the room has one.',
  arguments: {},
  options: {
    ...CHANGING,
    cpu: value({
      flag: '--cpu',
      operand: 'percent',
      parse: parsePercent,
      standard: 80,
      help: 'load of each CPU',
    }),
    for: value({
      flag: '--for',
      operand: 'duration',
      parse: parseDuration,
      standard: 60,
      help: 'how long, such as 90s or 2m',
    }),
  },
  examples: [
    {
      line: 'kmon stress --cpu 80 --for 60s --only pc-12',
      does: 'a minute of load on one child',
      means: { cpu: 80, for: 60, only: ['pc-12'] },
    },
  ],
  exitCodes: SETTING_ASIDE,
  run: async (io, given) => (await import('../actions/stress.js')).stress(io, given),
});
