import { word } from '../argument.js';
import { defineCommand } from '../command.js';
import { asWritten, value } from '../option.js';
import { SHOWING } from '../room-options.js';

export const guestSeed = defineCommand({
  name: 'guest seed',
  summary: 'write the CD that makes one guest of the image',
  description:
    'A small ISO 9660 image that cloud-init reads at the first start: it gives the guest its name, and lets root in by one key. No secret is in it. A file that is there is not written over.',
  arguments: { name: word({ name: 'name', help: 'of the guest, and of its node' }) },
  options: {
    key: value({
      flag: '--key',
      operand: 'file',
      completes: 'files',
      parse: asWritten,
      standard: '~/.ssh/id_ed25519.pub',
      help: 'whose public key',
    }),
    out: value({
      flag: '--out',
      operand: 'file',
      completes: 'files',
      parse: asWritten,
      help: 'where to; by itself NAME-seed.iso here',
    }),
    ...SHOWING,
  },
  examples: [
    { line: 'kmon guest seed laptop-12', does: 'laptop-12-seed.iso', means: { name: 'laptop-12' } },
    {
      line: 'kmon guest seed laptop-12 --key room.pub --out cd.iso',
      does: 'with another key, elsewhere',
      means: { name: 'laptop-12', key: 'room.pub', out: 'cd.iso' },
    },
  ],
  exitCodes: ['config', 'precondition'],
  run: async (io, given) => (await import('../actions/guest-seed.js')).guestSeedCommand(io, given),
});
