import { GUEST_ARCHITECTURES, GUEST_FORMATS } from '../../guest/manifest.js';
import { defineCommand } from '../command.js';
import { LAB_EXIT_CODES } from '../lab-options.js';
import { asWritten, list, value } from '../option.js';
import { SHOWING } from '../room-options.js';
import { parseWord } from '../values.js';

export const guestImage = defineCommand({
  name: 'guest image',
  summary: 'make the disk of a Linux machine for laptops with Windows or macOS',
  description:
    'Two minutes, once; what is there is not made again. With a bundle its programs are in the image, so that the room sends them to no guest. Needs Debian, root, mmdebstrap, mtools and qemu-img.',
  arguments: {},
  options: {
    arch: value({
      flag: '--arch',
      operand: 'name',
      completes: GUEST_ARCHITECTURES,
      parse: parseWord(GUEST_ARCHITECTURES),
      help: "the laptops' processors: amd64, or arm64 for Macs with Apple silicon; by itself as here",
    }),
    format: list({
      flag: '--format',
      operand: 'name',
      completes: GUEST_FORMATS,
      parse: parseWord(GUEST_FORMATS),
      help: 'qcow2 (qemu, UTM), vmdk, vdi (VirtualBox); by itself qcow2 and vmdk',
    }),
    bundle: value({
      flag: '--bundle',
      operand: 'folder',
      completes: 'folders',
      parse: asWritten,
      help: 'whose programs are to be in it; by itself the one that the kmon.yaml here names',
    }),
    ...SHOWING,
  },
  examples: [
    { line: 'kmon guest image', does: 'at home, before the lesson' },
    {
      line: 'kmon guest image --arch arm64 --bundle ./bundle',
      does: 'for Macs with Apple silicon, with what the room runs',
      means: { arch: 'arm64', bundle: './bundle' },
    },
  ],
  exitCodes: ['config', ...LAB_EXIT_CODES],
  run: async (io, given) => (await import('../actions/guest-image.js')).guestImageCommand(io, given),
});
