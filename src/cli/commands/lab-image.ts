import { defineCommand } from '../command.js';
import { LAB_EXIT_CODES } from '../lab-options.js';
import { SHOWING } from '../room-options.js';

export const labImage = defineCommand({
  name: 'lab image',
  summary: "make the base image of a lab's machines ahead",
  description:
    'About a minute, once; `kmon lab up` does it by itself where it is not done. Needs podman or docker, and root.',
  arguments: {},
  options: SHOWING,
  examples: [{ line: 'kmon lab image', does: 'at home, for a rehearsal where the line is slow' }],
  exitCodes: LAB_EXIT_CODES,
  run: async (io, given) => (await import('../actions/lab.js')).labImageCommand(io, given),
});
