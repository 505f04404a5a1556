import { defineCommand } from '../command.js';
import { LAB_EXIT_CODES, LAB_OPTIONS } from '../lab-options.js';
import { flag } from '../option.js';

export const labDown = defineCommand({
  name: 'lab down',
  summary: 'remove the lab without a trace',
  description: 'Containers, network, volumes and the files that lab up wrote here.',
  arguments: {},
  options: {
    ...LAB_OPTIONS,
    image: flag({ flag: '--image', help: 'remove the base image too' }),
  },
  examples: [{ line: 'kmon lab down', does: 'the base image stays for the next lab' }],
  exitCodes: [...LAB_EXIT_CODES, 'not-verified'],
  run: async (io, given) => (await import('../actions/lab.js')).labDownCommand(io, given),
});
