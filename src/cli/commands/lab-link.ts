import { oneOf, word } from '../argument.js';
import { defineCommand } from '../command.js';
import { LAB_EXIT_CODES, LAB_OPTIONS } from '../lab-options.js';

export const labLink = defineCommand({
  name: 'lab link',
  summary: "pull or plug a lab machine's network cable",
  description: 'For rehearsing a child that is away.',
  arguments: {
    machine: word({ name: 'machine', help: 'its name in the lab' }),
    state: oneOf(['up', 'down'], { help: 'plug, or pull' }),
  },
  options: LAB_OPTIONS,
  examples: [
    {
      line: 'kmon lab link child-2 down',
      does: 'child-2 is away from now on',
      means: { machine: 'child-2', state: 'down' },
    },
  ],
  exitCodes: LAB_EXIT_CODES,
  run: async (io, given) => (await import('../actions/lab.js')).labLinkCommand(io, given),
});
