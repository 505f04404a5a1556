import { readLoadAddress } from '../../apps/http-load/load-address.js';
import type { TypedAddress } from '../../apps/http-load/load-address.js';
import type { Argument } from '../argument.js';
import { defineCommand } from '../command.js';
import { asWritten, value } from '../option.js';
import { PROVING } from '../room-exit-codes.js';
import { BREAK_LOCK, CONFIG, DRY_RUN, SHOWING } from '../room-options.js';
import { parseLoadSteps, parseStepDuration } from '../values.js';
import { WrongUse } from '../wrong-use.js';

const url: Argument<TypedAddress> = {
  name: 'url',
  help: 'an application in the room: http://NAME.NAMESPACE of a Service, a machine with the port, or a pod by address',
  read: (typed) => {
    const read = readLoadAddress(typed);
    if (typeof read === 'string')
      throw new WrongUse(
        `argument '${typed}' is invalid for <url>. ${read}. give one such as http://web.red/`,
      );
    return { ...read, typed };
  },
};

export const load = defineCommand({
  name: 'load',
  summary: 'ask an application for its page by more and more connections, and show how it holds (hey)',
  description: [
    'Each step has so many connections, each of which asks again as soon as it was answered, for so long. The table says how many answers came in a',
    'second, how long half, 95 and 99 of 100 of them took at most, and what failed; beside it how many replicas there were, what an autoscaler wanted,',
    'and how busy the machines were. A step of 0 asks for nothing and only watches. One machine of the room asks, the parent unless --from names',
    'a child; what is not in the room is never asked, redirects are not followed, certificates not checked. It ends by itself there, even if this',
    'computer is lost; Ctrl-C stops it. The run is kept in .kmon/runs.',
  ].join(' '),
  arguments: { url },
  options: {
    dryRun: DRY_RUN,
    config: CONFIG,
    ...SHOWING,
    breakLock: BREAK_LOCK,
    steps: value({
      flag: '--steps',
      operand: 'connections',
      parse: parseLoadSteps,
      standard: [10, 50, 100],
      help: 'connections of each step, 500 at the most; 0: only watch',
    }),
    for: value({
      flag: '--for',
      operand: 'duration',
      parse: parseStepDuration,
      standard: 30,
      help: 'how long each step lasts, such as 30s or 2m',
    }),
    from: value({
      flag: '--from',
      operand: 'machine',
      parse: asWritten,
      help: 'the machine that asks, by name or address (default: the parent)',
    }),
  },
  examples: [
    {
      line: 'kmon load http://web.red/ --steps 10,50,100 --for 30s',
      does: 'how the Service web of team red holds',
      means: {
        url: { typed: 'http://web.red/', scheme: 'http', host: 'web.red', port: 80, path: '/' },
      },
    },
    {
      line: 'kmon load http://pc-11:31080/ --steps 0,100,0 --for 2m',
      does: 'by the port of a machine: before, under load and after',
      means: {
        url: { typed: 'http://pc-11:31080/', scheme: 'http', host: 'pc-11', port: 31_080, path: '/' },
        steps: [0, 100, 0],
        for: 120,
      },
    },
    {
      line: 'kmon load http://web.red/ --from pc-12 --json',
      does: 'asked by a child; a row a step as data',
      means: {
        url: { typed: 'http://web.red/', scheme: 'http', host: 'web.red', port: 80, path: '/' },
        from: 'pc-12',
        json: true,
      },
    },
  ],
  exitCodes: PROVING,
  run: async (io, given) => (await import('../actions/load.js')).load(io, given),
});
