import { PassThrough } from 'node:stream';
import type { Io } from '../../../src/cli/io.js';
import { FakeTerminal } from '../ui/fake-terminal.js';

/** The outside of a command, and what it said there. Nobody is at the keyboard. */
export class FakeIo implements Io {
  readonly out = new FakeTerminal({ isTTY: false });
  readonly err = new FakeTerminal({ isTTY: false });
  readonly stdin = new PassThrough() as unknown as NodeJS.ReadStream;
  readonly stdout = this.out.asStream();
  readonly stderr = this.err.asStream();
  readonly env = {};
  readonly version = '1.2.3';
  readonly interrupt = new AbortController();
  readonly signal = this.interrupt.signal;
  readonly cwd: string;
  readonly leaving: (() => void)[] = [];

  constructor(cwd = '/nowhere') {
    this.cwd = cwd;
  }

  onLeave(now: () => void): void {
    this.leaving.push(now);
  }
}
