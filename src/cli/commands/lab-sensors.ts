import { SENSOR_KINDS } from '../../lab/sensors/kinds.js';
import { oneOf, word } from '../argument.js';
import { defineCommand } from '../command.js';
import { LAB_EXIT_CODES, LAB_OPTIONS } from '../lab-options.js';

export const labSensors = defineCommand({
  name: 'lab sensors',
  summary: 'give a lab machine the temperature sensors of some kind of computer',
  description: [
    'A laptop has a disk and a Wi-Fi that are hotter than its processor; what lying sensors say cannot be.',
    'By itself a machine of a lab shows what sensors this computer has, which may be none. What runs in the machine already sees the first ones that it',
    'is given only when it starts anew, and another kind at once: give them before the monitoring is installed.',
  ].join(' '),
  arguments: {
    machine: word({ name: 'machine', help: 'its name in the lab' }),
    kind: oneOf(SENSOR_KINDS, { help: 'whose sensors' }),
  },
  options: LAB_OPTIONS,
  examples: [
    {
      line: 'kmon lab sensors child-2 amd',
      does: 'child-2 has the sensors of a processor by AMD from now on',
      means: { machine: 'child-2', kind: 'amd' },
    },
  ],
  exitCodes: LAB_EXIT_CODES,
  run: async (io, given) => (await import('../actions/lab.js')).labSensorsCommand(io, given),
});
