import { defineCommand } from '../command.js';
import { flag, notWith } from '../option.js';
import { PROVING } from '../room-exit-codes.js';
import { CONFIG, ONLY, SHOWING } from '../room-options.js';

export const alerts = defineCommand({
  name: 'alerts',
  summary: 'what is the matter now: silent, hot, slowed down, full, swapping, on battery, clock off',
  description:
    'Asks the Prometheus of the room, and changes nothing. Each alert says since when it is so, and what to do. One that is "pending" is so, and not ' +
    'yet for as long as its rule asks. With --test, one alert goes to the addresses of monitoring.alerts in kmon.yaml, and Alertmanager tells ' +
    'whether they took it.',
  arguments: {},
  options: {
    only: notWith('--test', ONLY),
    test: flag({ flag: '--test', help: 'send one alert out of the room, and say whether it arrived' }),
    config: CONFIG,
    ...SHOWING,
  },
  examples: [
    { line: 'kmon alerts', does: 'what is the matter in the room' },
    { line: 'kmon alerts --json', does: 'the same as data', means: { json: true } },
    { line: 'kmon alerts --test', does: 'whether an alert reaches whom it should', means: { test: true } },
  ],
  exitCodes: PROVING,
  run: async (io, given) => (await import('../actions/alerts.js')).alerts(io, given),
});
