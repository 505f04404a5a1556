import { defineCommand } from '../command.js';
import { SETTING_ASIDE } from '../room-exit-codes.js';
import { CHANGING } from '../room-options.js';

export const up = defineCommand({
  name: 'up',
  summary: 'the four above in one go',
  description:
    'check, init-parent, join-child, deploy-monitoring. Safe to repeat: a second run changes nothing.',
  arguments: {},
  options: CHANGING,
  examples: [
    {
      line: 'kmon up --dry-run',
      does: 'what it would change, and nothing is changed',
      means: { dryRun: true },
    },
    { line: 'kmon up --json', does: 'every event as a line of JSON, for programs', means: { json: true } },
  ],
  exitCodes: SETTING_ASIDE,
  run: async (io, given) => (await import('../actions/up.js')).up(io, given),
});
