import { defineCommand } from '../command.js';
import { asWritten, flag, value } from '../option.js';
import { LAB_EXIT_CODES, LAB_OPTIONS } from '../lab-options.js';
import { BUNDLE } from '../room-options.js';
import { parseCount } from '../values.js';

export const labUp = defineCommand({
  name: 'lab up',
  summary: 'make a parent and children as containers on this computer, and a kmon.yaml for them',
  description:
    'A rehearsal: from there on every command works as in a real room. Needs podman or docker, and root.',
  arguments: {},
  options: {
    ...LAB_OPTIONS,
    children: value({
      flag: '--children',
      operand: 'n',
      parse: parseCount,
      standard: 2,
      help: 'how many children',
    }),
    laptops: value({
      flag: '--laptops',
      operand: 'n',
      parse: parseCount,
      standard: 0,
      help: 'how many laptops besides, each with a Linux guest in it that is one more child',
    }),
    parentGuest: flag({
      flag: '--parent-guest',
      help: 'the parent is a guest inside of a laptop too',
    }),
    bundle: BUNDLE,
    internet: value({
      flag: '--internet',
      operand: 'folder',
      completes: 'folders',
      parse: asWritten,
      help: 'what an Internet of its own serves, out of scripts/internet/build',
    }),
  },
  examples: [{ line: 'kmon lab up --children 2', does: 'a room of three machines', means: { children: 2 } }],
  exitCodes: LAB_EXIT_CODES,
  run: async (io, given) => (await import('../actions/lab.js')).labUpCommand(io, given),
});
