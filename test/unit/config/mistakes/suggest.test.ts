import { describe, expect, it } from 'vitest';
import { editDistance, nearestKey } from '../../../../src/config/mistakes/suggest.js';

describe('editDistance', () => {
  it.each([
    ['', 'abc', 3],
    ['children', 'children', 0],
    ['childern', 'children', 1],
    ['chlidern', 'children', 2],
    ['port', 'host', 2],
    ['prometeus', 'prometheus', 1],
  ])('%s, %s: %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe('nearestKey', () => {
  const keys = ['room', 'ssh', 'parent', 'children', 'podSubnet', 'passwordFile'];
  it.each([
    ['Children', 'children'],
    ['child', 'children'],
    ['pod-subnet', 'podSubnet'],
    ['romo', 'room'],
    ['password', 'passwordFile'],
    ['x', undefined],
    ['colour', undefined],
  ])('%s: %s', (written, meant) => {
    expect(nearestKey(written, keys)).toBe(meant);
  });
});
