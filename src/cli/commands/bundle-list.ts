import { BUNDLE_EXIT_CODES, FOLDER } from '../bundle-options.js';
import { defineCommand } from '../command.js';
import { CONFIG, SHOWING } from '../room-options.js';

export const bundleList = defineCommand({
  name: 'bundle list',
  summary: 'what a bundle holds, for which version, networks and machines',
  description: 'Reads its list alone; whether the parts are whole is what verify says.',
  arguments: { folder: FOLDER },
  options: { config: CONFIG, ...SHOWING },
  examples: [{ line: 'kmon bundle list ./bundle', does: 'every part', means: { folder: './bundle' } }],
  exitCodes: BUNDLE_EXIT_CODES,
  run: async (io, given) => (await import('../actions/bundle-list.js')).bundleListCommand(io, given),
});
