import { ARCHITECTURES, BUNDLE_EXIT_CODES, FOLDER } from '../bundle-options.js';
import { defineCommand } from '../command.js';
import { flag } from '../option.js';
import { CONFIG, SHOWING } from '../room-options.js';

export const bundleMake = defineCommand({
  name: 'bundle make',
  summary: 'fetch from the Internet what the room needs, into a folder',
  description:
    'For a room with a slow line or none: Kubernetes, the container runtime, images and charts for what kmon.yaml says. Every file is checked by the checksum that its publisher tells. Safe to repeat: what is there is kept, and an interrupted one goes on where it was.',
  arguments: { folder: FOLDER },
  options: {
    arch: ARCHITECTURES,
    dryRun: flag({ flag: '--dry-run', help: 'say what would be fetched from where, and fetch nothing' }),
    config: CONFIG,
    ...SHOWING,
  },
  examples: [
    {
      line: 'kmon bundle make ./bundle',
      does: 'at home, on a good line, before the lesson',
      means: { folder: './bundle' },
    },
    {
      line: 'kmon bundle make ./bundle --arch amd64,arm64',
      does: 'for a room with Raspberry Pis among the computers',
      means: { folder: './bundle', arch: ['amd64', 'arm64'] },
    },
    {
      line: 'kmon bundle make --dry-run',
      does: 'what it would fetch, and how much',
      means: { dryRun: true },
    },
  ],
  exitCodes: BUNDLE_EXIT_CODES,
  run: async (io, given) => (await import('../actions/bundle-make.js')).bundleMakeCommand(io, given),
});
