import { defineCommand } from '../command.js';
import { ASKING } from '../room-exit-codes.js';
import { CONFIG, DRY_RUN, ONLY, SHOWING } from '../room-options.js';

export const status = defineCommand({
  name: 'status',
  summary: 'one table: machines, cluster state, CPU, memory, load, temperature',
  description:
    'Changes nothing. A machine without sensors says "no sensor", one whose readings cannot be "sensor lies".',
  arguments: {},
  options: { dryRun: DRY_RUN, only: ONLY, config: CONFIG, ...SHOWING },
  examples: [
    { line: 'kmon status', does: 'the room at a glance' },
    { line: 'kmon status --json', does: 'the same table as data', means: { json: true } },
  ],
  exitCodes: ASKING,
  run: async (io, given) => (await import('../actions/status.js')).status(io, given),
});
