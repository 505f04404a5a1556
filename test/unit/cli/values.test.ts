import { describe, expect, it } from 'vitest';
import { parseCount, parseDuration, parsePercent } from '../../../src/cli/values.js';

describe.each<[string, (text: string) => number, readonly (readonly [string, number])[], readonly string[]]>([
  [
    'a duration',
    parseDuration,
    [
      ['5', 5],
      ['90', 90],
      ['90s', 90],
      ['2m', 120],
      ['1m30s', 90],
      ['1m30', 90],
      ['60m', 3600],
      ['3600s', 3600],
    ],
    [
      '',
      '4s',
      '0m',
      '61m',
      '3601',
      '1h',
      '1.5m',
      '-60s',
      '60 s',
      'm',
      's',
      '90S',
      '1e2',
      '30s1m',
      'Infinity',
    ],
  ],
  [
    'a percentage',
    parsePercent,
    [
      ['1', 1],
      ['80', 80],
      ['80%', 80],
      ['100', 100],
    ],
    ['', '0', '101', '%', '80 %', '-1', '8.5', '0x10', '1e1', '1000'],
  ],
  [
    'a number of machines',
    parseCount,
    [
      ['1', 1],
      ['32', 32],
    ],
    ['', '33', '-1', '2.0', '2x', '1e1', ' 2'],
  ],
])('%s', (_, parse, right, wrong) => {
  it.each(right)('may be %s', (text, value) => {
    expect(parse(text)).toBe(value);
  });

  it.each(wrong.map((text) => [text]))('may not be "%s"', (text) => {
    expect(() => parse(text)).toThrow(/^give /);
  });
});
