import { FIXABLE_CODES } from '../../findings/fixes/fixable.js';
import { defineCommand } from '../command.js';
import { anyOrAll, asWritten, onlyWith, value } from '../option.js';
import { SETTING_ASIDE } from '../room-exit-codes.js';
import { BREAK_LOCK, CONFIG, DRY_RUN, ONLY, SHOWING, YES } from '../room-options.js';

export const check = defineCommand({
  name: 'check',
  summary: 'prove the machines and the network between them, and say what is in the way',
  description:
    'Reaches every machine, looks at system, identity, ports, addresses, clock and power, and tries the network between them on the real ports. Changes nothing but with --fix, which puts right what can be put right safely; teardown gives it back.',
  arguments: {},
  options: {
    only: ONLY,
    config: CONFIG,
    ...SHOWING,
    fix: anyOrAll({
      flag: '--fix',
      operand: 'code',
      completes: FIXABLE_CODES,
      parse: asWritten,
      help: 'put right what kmon can: all of it, or these findings only',
    }),
    dryRun: onlyWith('--fix', DRY_RUN),
    yes: onlyWith('--fix', YES),
    breakLock: onlyWith('--fix', BREAK_LOCK),
    gateway: onlyWith(
      '--fix',
      value({
        flag: '--gateway',
        operand: 'address',
        parse: asWritten,
        help: 'the gateway of a static address, for K-LEASE',
      }),
    ),
  },
  examples: [
    { line: 'kmon check', does: 'everything that is in the way, of all machines at once' },
    {
      line: 'kmon check --fix --dry-run',
      does: 'what kmon could put right, and nothing is changed',
      means: { fix: [], dryRun: true },
    },
    {
      line: 'kmon check --fix K-FIREWALL --only pc-12',
      does: 'one finding put right on one machine',
      means: { fix: ['K-FIREWALL'], only: ['pc-12'] },
    },
  ],
  exitCodes: SETTING_ASIDE,
  run: async (io, given) => (await import('../actions/check.js')).check(io, given),
});
