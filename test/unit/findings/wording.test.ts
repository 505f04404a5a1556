import { expect, it } from 'vitest';
import { someOf } from '../../../src/findings/wording.js';

it.each([
  [['a', 'b', 'c'], 'a, b, c'],
  [['a', 'b', 'c', 'd'], 'a, b, c, d'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
])('names some of %j', (list, text) => {
  expect(someOf(list)).toBe(text);
});
