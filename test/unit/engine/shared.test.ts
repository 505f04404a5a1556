import { expect, it } from 'vitest';
import { sharedAnswers } from '../../../src/engine/shared.js';
import { fakeClock } from '../../support/sample-room.js';

function setUp(): {
  readonly ask: (key: string, fails?: boolean) => Promise<number>;
  readonly wait: (ms: number) => Promise<void>;
} {
  const clock = fakeClock();
  const shared = sharedAnswers(clock);
  let asked = 0;
  return {
    ask: (key, fails = false) =>
      shared.ask(key, 900, async () => {
        asked += 1;
        if (fails) throw new Error(`question ${asked} failed`);
        return asked;
      }),
    wait: (ms) => clock.sleep(ms),
  };
}

it('asks once for all who ask at the same time, and once more when the answer is old', async () => {
  const { ask, wait } = setUp();
  expect(await Promise.all([ask('nodes'), ask('nodes'), ask('nodes')])).toEqual([1, 1, 1]);
  await wait(899);
  expect(await ask('nodes')).toBe(1);
  await wait(1);
  expect(await ask('nodes')).toBe(2);
});

it('keeps different questions apart', async () => {
  const { ask } = setUp();
  expect(await Promise.all([ask('nodes'), ask('metrics'), ask('nodes')])).toEqual([1, 2, 1]);
});

it('fails all who asked together, and does not keep the failure', async () => {
  const { ask } = setUp();
  const together = await Promise.allSettled([ask('nodes', true), ask('nodes', true)]);
  expect(together.map((r) => r.status)).toEqual(['rejected', 'rejected']);
  expect(await ask('nodes')).toBe(2);
});

it('asks anew when something was changed', async () => {
  const shared = sharedAnswers(fakeClock());
  let asked = 0;
  const ask = (): Promise<number> => shared.ask('nodes', 900, async () => ++asked);
  expect([await ask(), await ask()]).toEqual([1, 1]);
  shared.forget();
  expect(await ask()).toBe(2);
});
