import { defineCommand } from '../command.js';
import { flag } from '../option.js';
import { SETTING_ASIDE } from '../room-exit-codes.js';
import { BREAK_LOCK, CONFIG, DRY_RUN, SHOWING } from '../room-options.js';

export const testApp = defineCommand({
  name: 'test-app',
  summary: 'a web server on each child whose page says which child it is, asked for from everywhere',
  description: [
    'One pod a child (none on the parent), each asked for its page by the parent, and by one port that answers on every machine of the room: open that',
    'address in a browser, and reload it. The table says what answered, in how many milliseconds, and what did not. It stays until --remove, or until',
    'the teardown. All of it is in the namespace kmon-test-app.',
  ].join(' '),
  arguments: {},
  options: {
    dryRun: DRY_RUN,
    config: CONFIG,
    ...SHOWING,
    breakLock: BREAK_LOCK,
    remove: flag({ flag: '--remove', help: 'take it away again' }),
  },
  examples: [
    { line: 'kmon test-app', does: 'whether every child really serves something' },
    { line: 'kmon test-app --json', does: 'the same as data', means: { json: true } },
    { line: 'kmon test-app --remove', does: 'take it away again', means: { remove: true } },
  ],
  exitCodes: SETTING_ASIDE,
  run: async (io, given) => (await import('../actions/test-app.js')).testApp(io, given),
});
