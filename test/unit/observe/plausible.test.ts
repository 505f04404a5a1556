import { describe, expect, it } from 'vitest';
import { PLAUSIBLE, plausible, within, type Gauge } from '../../../src/observe/plausible.js';

describe('what a gauge can be', () => {
  it.each([
    -273.15,
    -268.8,
    -263,
    -128,
    -55,
    -21,
    0,
    -0,
    0.042,
    0.125,
    126,
    127,
    127.5,
    230,
    255,
    511,
    6553.5,
    42_000,
    3_892_314,
    4_294_948.3,
    -650_788_984,
    NaN,
    Infinity,
    -Infinity,
  ])('%s is no temperature of a processor', (celsius) => {
    expect(plausible('celsius', celsius)).toBeUndefined();
  });

  it.each([-20, -1, 0.5, 16, 47.125, 100, 105, 125])('%s is one', (celsius) => {
    expect(plausible('celsius', celsius)).toBe(celsius);
  });

  it('takes what is out by a hair for the end that is near', () => {
    expect([-2.1, -2, -0.2, 50, 100.3, 102, 102.1].map((v) => plausible('percentOfTime', v))).toEqual([
      undefined,
      0,
      0,
      50,
      100,
      100,
      undefined,
    ]);
  });

  it.each(Object.keys(PLAUSIBLE) as Gauge[])('is never no number, and never endless: %s', (gauge) => {
    for (const value of [NaN, Infinity, -Infinity]) expect(plausible(gauge, value)).toBeUndefined();
  });

  it('is the same in PromQL', () => {
    expect(within('celsius', 'x')).toBe('(x >= -20 < 0 or x > 0.125 <= 125)');
    expect(within('percent', 'a / b')).toBe('(a / b >= 0 <= 100)');
    expect(within('percentOfTime', 'x')).toBe('clamp_max(clamp_min(x >= -2 <= 102, 0), 100)');
    expect(within('bytes', 'x')).toBe('(x >= 0 <= 1125899906842624)');
  });
});
