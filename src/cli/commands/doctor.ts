import { defineCommand } from '../command.js';
import { SHOWING } from '../room-options.js';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'what this computer lacks to be the keyboard of a room',
  description:
    'Looks at this computer alone: keys, agent and ssh configuration, places for files, programs that some commands start. It dials no machine, needs ' +
    'no kmon.yaml, and changes nothing. What is only told (!) is needed for some commands, or for nothing but comfort.',
  arguments: {},
  options: { ...SHOWING },
  examples: [{ line: 'kmon doctor', does: 'before the first room, or on another computer' }],
  exitCodes: ['precondition'],
  run: async (io, given) => (await import('../actions/doctor.js')).doctor(io, given),
});
