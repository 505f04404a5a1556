import { TOP_ORDERS } from '../../observe/room-top.js';
import type { TopOrder } from '../../observe/room-top.js';
import { defineCommand } from '../command.js';
import { asWritten, flag, list, value } from '../option.js';
import { ASKING } from '../room-exit-codes.js';
import { CONFIG, ONLY, SHOWING } from '../room-options.js';
import { parseInterval, parseWord } from '../values.js';

export const top = defineCommand({
  name: 'top',
  summary: 'the room live in the terminal: CPU, memory, temperature, load, network, pods of every machine',
  description: [
    'Asks the Prometheus of the room through the SSH connection to the parent, once a refresh, and changes nothing. Ctrl-C ends it, and the terminal is as',
    'it was. A machine that does not answer says for how long; one without a sensor says "no sensor", and one whose sensor tells what cannot be "sensor',
    'lies". Where stdout is no terminal, or with --plain, it is one table. With --json it is a line a refresh.',
  ].join(' '),
  arguments: {},
  options: {
    sort: value<TopOrder>({
      flag: '--sort',
      operand: 'column',
      completes: TOP_ORDERS,
      parse: parseWord(TOP_ORDERS),
      standard: 'machine',
      help: `the highest first: ${TOP_ORDERS.slice(1).join(', ')}; machine is the order of kmon.yaml`,
    }),
    team: list({
      flag: '--team',
      operand: 'team',
      parse: asWritten,
      help: 'the machines of these teams and no others',
    }),
    only: ONLY,
    interval: value({
      flag: '--interval',
      operand: 'duration',
      parse: parseInterval,
      standard: 2,
      help: 'time between two refreshes, 1s to 60s',
    }),
    once: flag({ flag: '--once', help: 'look once, and end' }),
    config: CONFIG,
    ...SHOWING,
  },
  examples: [
    { line: 'kmon top', does: 'watch the room until Ctrl-C' },
    {
      line: 'kmon top --sort temperature --team red',
      does: 'the hottest of a team first',
      means: { sort: 'temperature', team: ['red'] },
    },
    { line: 'kmon top --once --json', does: 'the values of now as data', means: { once: true, json: true } },
  ],
  exitCodes: ASKING,
  run: async (io, given) => (await import('../actions/top.js')).top(io, given),
});
