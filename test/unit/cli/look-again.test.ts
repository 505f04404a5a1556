import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { again } from '../../../src/cli/look-again.js';
import { FakeTerminal } from '../ui/fake-terminal.js';

function watching(look: (n: number) => Promise<number>, intervalMs = 10) {
  const interrupt = new AbortController();
  const reader = new FakeTerminal().asStream();
  const shown: number[] = [];
  let looks = 0;
  const ended = again(
    { look: () => look((looks += 1)), intervalMs, signal: interrupt.signal, reader },
    (seen) => shown.push(seen),
  );
  return { interrupt, reader, shown, ended, looks: () => looks };
}

describe('what is looked at again and again', () => {
  it('is shown each time until Ctrl-C', async () => {
    const { interrupt, shown, ended, looks } = watching(async (n) => {
      if (n === 4) interrupt.abort(new Error('interrupted'));
      return n;
    });
    await ended;
    expect(shown.slice(0, 3)).toEqual([1, 2, 3]);
    expect(looks()).toBe(4);
  });

  it('does not wait for a look that is under way, and shows none of it', async () => {
    const { interrupt, shown, ended, looks } = watching(async (n) => {
      if (n === 2) await new Promise(() => undefined);
      return n;
    });
    while (looks() < 2) await delay(5);
    interrupt.abort(new Error('interrupted'));
    await ended;
    expect(shown).toEqual([1]);
  });

  it('ends at once while it waits', async () => {
    const { interrupt, ended, looks } = watching(async (n) => n, 3_600_000);
    interrupt.abort(new Error('interrupted'));
    await ended;
    expect(looks()).toBe(0);
  });

  it('ends when nobody reads any more, and listens to nobody afterwards', async () => {
    const { reader, shown, ended } = watching(async (n) => n);
    while (shown.length < 2) await delay(5);
    const pipe = reader as unknown as EventEmitter;
    pipe.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }));
    await ended;
    expect(pipe.listenerCount('error')).toBe(0);
  });

  it('fails with what a look fails with', async () => {
    const { ended } = watching(() => Promise.reject(new Error('another host key')));
    await expect(ended).rejects.toThrow('another host key');
  });
});
