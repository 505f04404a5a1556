import { ADDON, CHANGING_ADDON } from '../addon-options.js';
import { defineCommand } from '../command.js';
import { SETTING_ASIDE } from '../room-exit-codes.js';

export const addonRemove = defineCommand({
  name: 'addon remove',
  summary: 'take an add-on off the cluster, with all that it has brought and nothing else',
  description: [
    'By what it has recorded on the cluster, also where kmon.yaml does not list it any more. What it has changed on the machines is given back. What',
    'somebody else has brought stays: that is refused, with its name. Images stay with the machines until their teardown, which needs no remove before it.',
  ].join(' '),
  arguments: { addon: ADDON },
  options: CHANGING_ADDON,
  examples: [
    { line: 'kmon addon remove metrics-server', does: 'take it away', means: { addon: 'metrics-server' } },
  ],
  exitCodes: SETTING_ASIDE,
  run: async (io, given) => (await import('../actions/addon-remove.js')).removeAddonCommand(io, given),
});
