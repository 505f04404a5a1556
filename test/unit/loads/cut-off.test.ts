import { describe, expect, it } from 'vitest';
import { beforeLimit, cutOff, silenceMs } from '../../../src/loads/cut-off.js';

const LIMIT = { celsius: 80 };
const mostSilentMs = silenceMs(5);

describe('a load with a limit', () => {
  it.each([
    [79.9, undefined],
    [80, 'at 80 °C, the limit is 80 °C'],
    [93.4, 'at 93 °C, the limit is 80 °C'],
    ['no sensor', 'the temperature sensor is lost'],
    ['sensor lies', 'the temperature sensor lies'],
  ] as const)('at %s', (temperature, why) => {
    expect(cutOff(LIMIT, temperature, { silentMs: 0, mostSilentMs })).toBe(why);
  });

  it.each([
    [0, undefined],
    [14_999, undefined],
    [15_000, 'no temperature for 15 s: the limit cannot be held'],
    [60_400, 'no temperature for 60 s: the limit cannot be held'],
  ] as const)('of which nothing is seen for %d ms', (silentMs, why) => {
    expect(cutOff(LIMIT, undefined, { silentMs, mostSilentMs })).toBe(why);
  });

  it('bears the silence of three measurements, and never less than a quarter of a minute', () => {
    expect([1, 5, 10, 60].map(silenceMs)).toEqual([15_000, 15_000, 30_000, 180_000]);
  });

  it.each([
    [55, undefined],
    [80, /^it is at 80 °C before the load: the limit is 80 °C$/],
    ['no sensor', /has no temperature sensor/],
    ['sensor lies', /sensor lies/],
    [undefined, /nobody measures/],
  ] as const)('begins only on a machine that can hold it: %s', (temperature, why) => {
    const trouble = beforeLimit(LIMIT, temperature);
    if (why === undefined) expect(trouble).toBeUndefined();
    else expect(trouble?.why).toMatch(why);
  });
});
