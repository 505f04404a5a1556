import { describe, expect, it } from 'vitest';
import {
  addressRange,
  countOf,
  overlap,
  parseSubnet,
  rangeOf,
  type Subnet,
  within,
} from '../../../../src/config/networks/subnet.js';

function subnet(text: string): Subnet {
  const parsed = parseSubnet(text);
  if (parsed === undefined) throw new TypeError(text);
  return parsed;
}

describe('parseSubnet', () => {
  it.each(['0.0.0.0/0', '10.244.0.0/16', '192.168.1.0/24', '255.255.255.255/32', '128.0.0.0/1'])(
    'takes %s',
    (text) => {
      expect(parseSubnet(text)).toBeDefined();
    },
  );
  it.each([
    '10.244.0.1/16',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '::/0',
    '',
  ])('refuses %j', (text) => {
    expect(parseSubnet(text)).toBeUndefined();
  });
});

it.each([
  ['10.0.0.0/8', '10.244.0.0/16', true],
  ['10.96.0.0/12', '10.112.0.0/16', false],
  ['10.96.0.0/12', '10.111.0.0/16', true],
  ['0.0.0.0/0', '255.255.255.0/24', true],
  ['192.168.0.0/24', '192.168.1.0/24', false],
])('%s and %s overlap: %s', (a, b, expected) => {
  expect(overlap(subnet(a), subnet(b))).toBe(expected);
  expect(overlap(subnet(b), subnet(a))).toBe(expected);
});

it('an address is a range of one', () => {
  expect(overlap(addressRange('200.0.0.255'), subnet('200.0.0.0/24'))).toBe(true);
  expect(overlap(addressRange('200.0.1.0'), subnet('200.0.0.0/24'))).toBe(false);
});

it('counts the ranges that fit', () => {
  expect([
    countOf(24, subnet('10.0.0.0/16')),
    countOf(24, subnet('10.0.0.0/24')),
    countOf(24, subnet('10.0.0.0/25')),
  ]).toEqual([256, 1, 0]);
});

describe('rangeOf', () => {
  it.each([
    ['192.0.2.7/24', '192.0.2.0/24'],
    ['192.0.2.7', '192.0.2.7/32'],
    ['10.0.0.0/8', '10.0.0.0/8'],
  ])('%s lies in %s', (text, range) => {
    expect(rangeOf(text)).toEqual(parseSubnet(range));
  });

  it.each(['default', '10.0.0.0/33', '10.0.0.0/8/8', 'fe80::/64', ''])('"%s" lies in none', (text) => {
    expect(rangeOf(text)).toBeUndefined();
  });
});

it('tells a range in another from one that meets it', () => {
  const inside = (a: string, b: string): boolean =>
    within(rangeOf(a) ?? addressRange('0.0.0.0'), rangeOf(b) ?? addressRange('0.0.0.0'));
  expect(inside('10.1.0.0/16', '10.0.0.0/8')).toBe(true);
  expect(inside('10.0.0.0/8', '10.0.0.0/8')).toBe(true);
  expect(inside('10.0.0.0/8', '10.1.0.0/16')).toBe(false);
  expect(inside('10.1.0.0/16', '172.16.0.0/12')).toBe(false);
});
