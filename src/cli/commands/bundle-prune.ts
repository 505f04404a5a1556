import { ARCHITECTURES, BUNDLE_EXIT_CODES, FOLDER } from '../bundle-options.js';
import { defineCommand } from '../command.js';
import { CONFIG, SHOWING, YES } from '../room-options.js';

export const bundlePrune = defineCommand({
  name: 'bundle prune',
  summary: 'remove from a bundle what kmon.yaml does not need',
  description:
    'Parts of another network or monitoring, of architectures that --arch does not name, and what an interrupted making left. Says what goes, and asks.',
  arguments: { folder: FOLDER },
  options: { arch: ARCHITECTURES, yes: YES, config: CONFIG, ...SHOWING },
  examples: [
    {
      line: 'kmon bundle prune ./bundle',
      does: 'after a change of kmon.yaml',
      means: { folder: './bundle' },
    },
    {
      line: 'kmon bundle prune ./bundle --arch amd64 --yes',
      does: 'no Raspberry Pi came after all',
      means: { folder: './bundle', arch: ['amd64'], yes: true },
    },
  ],
  exitCodes: BUNDLE_EXIT_CODES,
  run: async (io, given) => (await import('../actions/bundle-prune.js')).bundlePruneCommand(io, given),
});
