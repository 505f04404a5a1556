import { defineCommand } from '../command.js';
import { LAB_EXIT_CODES, LAB_OPTIONS } from '../lab-options.js';

export const labStatus = defineCommand({
  name: 'lab status',
  summary: 'which machines of the lab run',
  description: 'Changes nothing.',
  arguments: {},
  options: LAB_OPTIONS,
  examples: [{ line: 'kmon lab status', does: 'one line a machine' }],
  exitCodes: LAB_EXIT_CODES,
  run: async (io, given) => (await import('../actions/lab.js')).labStatusCommand(io, given),
});
