import { BUNDLE_EXIT_CODES, FOLDER } from '../bundle-options.js';
import { defineCommand } from '../command.js';
import { CONFIG, SHOWING } from '../room-options.js';

export const bundleVerify = defineCommand({
  name: 'bundle verify',
  summary: 'read a bundle whole, and say what is missing, damaged or too much',
  description: 'For a bundle that came on a stick. Every part is held against its size and its checksum.',
  arguments: { folder: FOLDER },
  options: { config: CONFIG, ...SHOWING },
  examples: [{ line: 'kmon bundle verify ./bundle', does: 'is it whole', means: { folder: './bundle' } }],
  exitCodes: BUNDLE_EXIT_CODES,
  run: async (io, given) => (await import('../actions/bundle-verify.js')).bundleVerifyCommand(io, given),
});
