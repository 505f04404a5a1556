import { ADDON, CHANGING_ADDON } from '../addon-options.js';
import { defineCommand } from '../command.js';
import { SETTING_ASIDE } from '../room-exit-codes.js';

export const addonAdd = defineCommand({
  name: 'addon add',
  summary: 'put an add-on on the cluster, and prove that it works',
  description: [
    'Does what `kmon up` does for an add-on that kmon.yaml lists: brings its images to the machines that it runs on, installs it, and is done when its own',
    'proof passes. It stays until `kmon addon remove`, or until the teardown. kmon.yaml is not changed. What somebody else has installed is never taken over,',
    'but for what kmon has made from a folder that is lost (--adopt).',
  ].join(' '),
  arguments: { addon: ADDON },
  options: CHANGING_ADDON,
  examples: [
    {
      line: 'kmon addon add metrics-server',
      does: 'have `kubectl top` answer',
      means: { addon: 'metrics-server' },
    },
    {
      line: 'kmon addon add metrics-server --dry-run',
      does: 'what it would do',
      means: { addon: 'metrics-server', dryRun: true },
    },
  ],
  exitCodes: SETTING_ASIDE,
  run: async (io, given) => (await import('../actions/addon-add.js')).addAddonCommand(io, given),
});
