import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { isAlive } from '../../../src/here/is-alive.js';

it('knows a process that is there, one of somebody else’s, and one that has ended', () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(1)).toBe(true);
  const { pid } = spawnSync('true');
  expect(isAlive(pid)).toBe(false);
});

it('takes no number that cannot be for a process that has ended', () => {
  expect(isAlive(Number.NaN)).toBe(true);
});
