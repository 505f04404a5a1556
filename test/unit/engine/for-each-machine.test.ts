import { expect, it } from 'vitest';
import { forEachMachine } from '../../../src/engine/for-each-machine.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('waits for all and keeps their order, whoever is first and whoever fails', async () => {
  const ended: number[] = [];
  const results = await forEachMachine([3, 1, 2], 3, async (n) => {
    for (let i = 0; i < n; i++) await turn();
    ended.push(n);
    if (n === 1) throw new Error('one');
    return n * 10;
  });
  expect(ended).toEqual([1, 2, 3]);
  expect(results).toEqual([
    { ok: true, value: 30 },
    { ok: false, error: new Error('one') },
    { ok: true, value: 20 },
  ]);
});

it.each([
  [1, 1],
  [2, 2],
  [30, 5],
])('has at most %i under way', async (limit, most) => {
  let now = 0;
  let seen = 0;
  const results = await forEachMachine([1, 2, 3, 4, 5], limit, async (n) => {
    seen = Math.max(seen, ++now);
    await turn();
    now -= 1;
    return n;
  });
  expect(seen).toBe(most);
  expect(results.map((r) => r.ok && r.value)).toEqual([1, 2, 3, 4, 5]);
});

it('takes a failure that comes at once like any other', async () => {
  const results = await forEachMachine(['a', 'b'], 2, (name) => {
    if (name === 'a') throw new Error('at once');
    return Promise.resolve(name);
  });
  expect(results.map((r) => r.ok)).toEqual([false, true]);
});

it('does nothing for nobody', async () => {
  expect(await forEachMachine([], 3, async () => 1)).toEqual([]);
});
