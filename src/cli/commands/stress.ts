import { STANDARD_CPU_PERCENT, STANDARD_SECONDS } from '../../loads/chosen-load.js';
import { MODELS, STANDARD_MODEL } from '../../loads/index.js';
import { defineCommand } from '../command.js';
import { asWritten, value } from '../option.js';
import { SETTING_ASIDE } from '../room-exit-codes.js';
import { CHANGING } from '../room-options.js';
import { parseCelsius, parseDuration, parseLabel, parsePercent } from '../values.js';

export const stress = defineCommand({
  name: 'stress',
  summary: 'load the children for a while and watch it (stress-ng)',
  description: [
    'The load ends by itself on the child, even if this computer is lost. Ctrl-C stops it everywhere. When it is over it is marked in Grafana, where the room has one,',
    'and a record of it lies in .kmon/runs.',
    `Models: ${MODELS.map(({ name, does }) => `${name} ${does}`).join('; ')}.`,
  ].join(' '),
  arguments: {},
  options: {
    ...CHANGING,
    model: value({
      flag: '--model',
      operand: 'name or file',
      completes: MODELS.map(({ name }) => name),
      parse: asWritten,
      help: `the course that the load takes, by name or as a YAML file with phases (default: ${STANDARD_MODEL.name})`,
    }),
    cpu: value({
      flag: '--cpu',
      operand: 'percent',
      parse: parsePercent,
      help: `load of each CPU at its height (default: ${STANDARD_CPU_PERCENT})`,
    }),
    for: value({
      flag: '--for',
      operand: 'duration',
      parse: parseDuration,
      help: `how long, such as 90s or 2m (default: ${STANDARD_SECONDS}s)`,
    }),
    team: value({
      flag: '--team',
      operand: 'name',
      parse: parseLabel,
      help: 'as pods in the namespace of this team, which its quota and the scheduler count, one on each of its children',
    }),
    maxTemperature: value({
      flag: '--max-temperature',
      operand: 'celsius',
      parse: parseCelsius,
      help: 'stop the load on a child that gets so hot, or whose sensor is lost (default: no limit)',
    }),
  },
  examples: [
    {
      line: 'kmon stress --cpu 80 --for 60s --only pc-12',
      does: 'a minute of load on one child',
      means: { cpu: 80, for: 60, only: ['pc-12'] },
    },
    {
      line: 'kmon stress --model ramp --for 2m --max-temperature 85',
      does: 'load that rises, and ends on a child that gets as hot as 85 °C',
      means: { model: 'ramp', for: 120, maxTemperature: 85 },
    },
    {
      line: 'kmon stress --team red --cpu 50 --for 30s',
      does: 'load that a team pays for with its quota',
      means: { team: 'red', cpu: 50, for: 30 },
    },
    {
      line: 'kmon stress --model lunch.yaml',
      does: 'a load of your own, phase by phase',
      means: { model: 'lunch.yaml' },
    },
  ],
  exitCodes: SETTING_ASIDE,
  run: async (io, given) => (await import('../actions/stress.js')).stress(io, given),
});
