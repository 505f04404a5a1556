import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/engine/clock.js';
import { until } from '../../../src/engine/until.js';
import { fakeClock } from '../../support/sample-room.js';

/** When `until` looked, in milliseconds, and what came of it. */
async function looks(
  found: readonly (string | undefined)[],
  o: { withinMs: number; everyMs: number; lookMs?: number },
): Promise<{ readonly at: readonly number[]; readonly end: string | undefined }> {
  const clock = fakeClock();
  const start = clock.now();
  const at: number[] = [];
  const end = await until(
    async () => {
      at.push(clock.now() - start);
      await clock.sleep(o.lookMs ?? 0);
      return found[at.length - 1];
    },
    { ...o, clock, signal: new AbortController().signal },
  );
  return { at, end };
}

describe('until', () => {
  it('ends at the first thing that is seen', async () => {
    const seen = await looks([undefined, undefined, 'there'], { withinMs: 60_000, everyMs: 1000 });
    expect(seen).toEqual({ at: [0, 1000, 2000], end: 'there' });
  });

  it('looks once when there is no time, and at the deadline itself', async () => {
    expect(await looks([], { withinMs: 0, everyMs: 1000 })).toEqual({ at: [0], end: undefined });
    expect(await looks([], { withinMs: 2500, everyMs: 1000 })).toEqual({
      at: [0, 1000, 2000, 2500],
      end: undefined,
    });
  });

  it('does not wait beyond the deadline after a slow look', async () => {
    expect((await looks([], { withinMs: 3000, everyMs: 1000, lookMs: 5000 })).at).toEqual([0]);
  });

  it('gives on what a look fails with, without looking again', async () => {
    let count = 0;
    const look = async (): Promise<undefined> => {
      count += 1;
      throw new Error('broken');
    };
    const o = { withinMs: 9000, everyMs: 1, clock: fakeClock(), signal: new AbortController().signal };
    await expect(until(look, o)).rejects.toThrow('broken');
    expect(count).toBe(1);
  });

  it('ends with the reason of an interruption, before a look and while it waits', async () => {
    const interrupt = new AbortController();
    let count = 0;
    const look = async (): Promise<undefined> => {
      count += 1;
      if (count === 2) interrupt.abort(new Error('interrupted'));
    };
    const o = { withinMs: 9000, everyMs: 1, clock: fakeClock(), signal: interrupt.signal };
    await expect(until(look, o)).rejects.toThrow('interrupted');
    await expect(until(look, o)).rejects.toThrow('interrupted');
    expect(count).toBe(2);
  });
});

describe('the real clock', () => {
  it('wakes up when it is interrupted', async () => {
    const interrupt = new AbortController();
    const sleep = systemClock.sleep(3_600_000, interrupt.signal);
    interrupt.abort();
    await expect(sleep).rejects.toMatchObject({ name: 'AbortError' });
    await systemClock.sleep(0);
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
  });
});
