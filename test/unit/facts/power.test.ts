import { expect, it } from 'vitest';
import { parseBattery } from '../../../src/facts/power.js';

it.each(['', '0', '255', '6553', '-1'])('a battery of "%s" percent tells none', (percent) => {
  expect(parseBattery([`Battery,System,-,${percent},Discharging`])).toEqual({ discharging: true });
});

it('a battery is full at the most', () => {
  expect(parseBattery(['Battery,System,-,100,Full'])).toEqual({ discharging: false, percent: 100 });
});
