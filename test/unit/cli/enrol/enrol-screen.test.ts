import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { showEnrolment } from '../../../../src/cli/enrol/enrol-screen.js';
import type { Enrolment } from '../../../../src/cli/enrol/enrolment.js';
import type { DeskEvent, Seat } from '../../../../src/enrol/desk.js';
import { FakeTerminal } from '../../ui/fake-terminal.js';
import { LAPTOP } from '../../enrol/sample-laptop.js';

/** A keyboard that remembers whether it gives single keys. */
class FakeKeyboard extends EventEmitter {
  raw = false;
  paused = true;
  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }
  resume(): this {
    this.paused = false;
    return this;
  }
  pause(): this {
    this.paused = true;
    return this;
  }
  type(keys: string): void {
    this.emit('data', Buffer.from(keys));
  }
}

const waiting = (number: number): Seat => ({
  number,
  word: 'k7mqx2fp9dtw',
  state: 'waiting',
  told: false,
  nonce: `of pc-${number}`,
  laptop: { ...LAPTOP, name: `pc-${number}` },
});

function shown(seconds = 60) {
  const stdin = new FakeKeyboard();
  const stdout = new FakeTerminal({ columns: 100, rows: 20 });
  const interrupt = new AbortController();
  const did: string[] = [];
  const heard: ((event: DeskEvent) => void)[] = [];
  let seats: readonly Seat[] = [{ number: 1, word: 'k7mqx2fp9dtw', state: 'free', told: false }];
  let leave = (): void => undefined;
  const enrolment: Enrolment = {
    page: 'http://192.0.2.1:8642',
    line: '',
    guestLines: [],
    check: '',
    get seats() {
      return seats;
    },
    addWord: () => did.push('word'),
    approve: ({ number, nonce }) => did.push(`yes to ${number}, ${nonce ?? ''}`),
    refuse: ({ number, nonce }) => did.push(`no to ${number}, ${nonce ?? ''}`),
    close: async () => undefined,
  };
  const io = {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout.asStream(),
    stderr: stdout.asStream(),
    env: { NO_COLOR: '1' },
    cwd: '/',
    version: '0',
    signal: interrupt.signal,
    onLeave: (now: () => void) => (leave = now),
  };
  const ended = showEnrolment(io, { enrolment, room: 'atelier-1', seconds, heard });
  return {
    stdin,
    stdout,
    did,
    ended,
    interrupt,
    leave: () => {
      leave();
    },
    come: (...now: readonly Seat[]) => {
      seats = now;
      for (const seat of now) for (const hear of heard) hear({ type: 'seat', seat });
    },
  };
}

describe('the screen of an enrolment', () => {
  it('hears yes and no for the laptop that it asks about', async () => {
    const { stdin, stdout, did, come, ended } = shown();
    stdin.type('yn');
    expect(did).toEqual([]);
    come(waiting(2), waiting(3));
    expect(stdout.raw).toContain('May pc-2 (192.0.2.12');
    stdin.type('y');
    come(waiting(3));
    stdin.type('nx w');
    expect(did).toEqual(['yes to 2, of pc-2', 'no to 3, of pc-3', 'word']);
    stdin.type('q');
    await ended;
  });

  it.each([
    ['q', 'q'],
    ['Ctrl-C', '\u0003'],
  ])('ends by %s, and gives the terminal back', async (_, key) => {
    const { stdin, stdout, ended } = shown();
    expect([stdin.raw, stdin.paused]).toEqual([true, false]);
    stdin.type(key);
    await ended;
    expect([stdin.raw, stdin.paused, stdin.listenerCount('data')]).toEqual([false, true, 0]);
    expect(stdout.raw.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(stdout.listenerCount('resize')).toBe(0);
  });

  it('ends by itself', async () => {
    const { stdin, ended } = shown(0.05);
    await ended;
    expect(stdin.raw).toBe(false);
  });

  it('ends by a signal, and gives the terminal back at once by a second one', async () => {
    const { stdin, interrupt, ended, leave } = shown();
    leave();
    expect(stdin.raw).toBe(false);
    interrupt.abort();
    await ended;
  });
});
