import { describe, expect, it } from 'vitest';
import { slots } from '../../../src/transport/slots.js';

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('slots', () => {
  it('bound how many work at once, in the order of arrival', async () => {
    const places = slots(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3].map((i) =>
      places.run(async () => {
        begun.push(i);
        await new Promise<void>((end) => ends.push(end));
        return i;
      }),
    );
    await turn();
    expect([begun, places.taken]).toEqual([[0, 1], 2]);
    ends[1]?.();
    await turn();
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    ends[2]?.();
    await turn();
    ends[3]?.();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
    expect(places.taken).toBe(0);
  });

  it('free the place of work that fails', async () => {
    const places = slots(1);
    await expect(places.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await places.run(async () => 'next')).toBe('next');
  });

  it('free a place once, however often it is given back', async () => {
    const places = slots(1);
    const free = await places.take();
    free();
    free();
    const [first] = [await places.take()];
    let second = false;
    void places.take().then(() => (second = true));
    await turn();
    expect([second, places.taken]).toEqual([false, 1]);
    first();
    await turn();
    expect(second).toBe(true);
  });

  it('can become fewer, never none, never more', async () => {
    const places = slots(3);
    places.shrinkTo(0);
    const free = await places.take();
    let second = false;
    void places.take().then(() => (second = true));
    places.shrinkTo(5);
    await turn();
    expect(second).toBe(false);
    free();
    await turn();
    expect(second).toBe(true);
  });
});
