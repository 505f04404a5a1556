import { ADDONS_CONTEXT, ANY_ADDON } from '../addon-options.js';
import { defineCommand } from '../command.js';
import { PROVING } from '../room-exit-codes.js';
import { CONFIG, SHOWING } from '../room-options.js';

export const addonVerify = defineCommand({
  name: 'addon verify',
  summary: 'prove the add-ons that are on the cluster once more',
  description: 'All that kmon has brought, or one of them, each by its own proof. Changes nothing.',
  arguments: { addon: ANY_ADDON },
  options: { config: CONFIG, context: ADDONS_CONTEXT, ...SHOWING },
  examples: [
    { line: 'kmon addon verify', does: 'all that are there' },
    {
      line: 'kmon addon verify metrics-server',
      does: 'whether every machine has a value',
      means: { addon: 'metrics-server' },
    },
  ],
  exitCodes: PROVING,
  run: async (io, given) => (await import('../actions/addon-verify.js')).verifyAddons(io, given),
});
