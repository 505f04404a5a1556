import { ADDONS_CONTEXT } from '../addon-options.js';
import { defineCommand } from '../command.js';
import { flag } from '../option.js';
import { ASKING } from '../room-exit-codes.js';
import { CONFIG, SHOWING } from '../room-options.js';

export const addonList = defineCommand({
  name: 'addon list',
  summary: 'what a class may have besides, and what of it is on the cluster',
  description: [
    'For each add-on what it is, whether kmon.yaml lists it, whether it is on the cluster and who has brought it, and how you get at it. Changes nothing.',
    'With --explain nobody is asked.',
  ].join(' '),
  arguments: {},
  options: {
    config: CONFIG,
    context: ADDONS_CONTEXT,
    ...SHOWING,
    explain: flag({ flag: '--explain', help: 'what each does, for students, in English and French' }),
  },
  examples: [
    { line: 'kmon addon list', does: 'one line an add-on' },
    { line: 'kmon addon list --json', does: 'the same as data', means: { json: true } },
    { line: 'kmon addon list --explain', does: 'a text for the board', means: { explain: true } },
  ],
  exitCodes: ASKING,
  run: async (io, given) => (await import('../actions/addon-list.js')).listAddons(io, given),
});
