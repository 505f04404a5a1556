import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/shell/secret.js';
import { openFeed } from '../../../src/transport/feed.js';
import { kmonErrorOf } from '../../support/expect-error.js';

const never = new Promise<never>(() => undefined);

/** Takes one slice at a time, and calls back when told to. */
function slowSink(highWaterMark = 1): {
  readonly stream: Writable;
  readonly got: Buffer[];
  readonly next: (error?: Error) => void;
} {
  const got: Buffer[] = [];
  const waiting: ((error?: Error) => void)[] = [];
  const stream = new Writable({
    highWaterMark,
    write(chunk: Buffer, _encoding, done) {
      got.push(chunk);
      waiting.push(done);
    },
  });
  return { stream, got, next: (error) => waiting.shift()?.(error) };
}
const sink = (): { readonly stream: Writable; readonly text: () => string } => {
  const got: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      got.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(got).toString() };
};
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('a feed', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kmon-feed-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('writes everything in order and ends the stream', async () => {
    const file = join(dir, 'part');
    writeFileSync(file, 'file ');
    const feed = await openFeed(['text ', Buffer.from('bytes '), new Secret('secret '), { file }, '']);
    const { stream, text } = sink();
    const sent: number[] = [];
    await feed.into(stream, never, (bytes) => sent.push(bytes));
    await feed.close();
    expect(text()).toBe('text bytes secret file ');
    expect(sent).toEqual([5, 11, 18, 23]);
    expect(stream.writableEnded).toBe(true);
  });

  it('ends the stream at once when there is nothing', async () => {
    const { stream } = sink();
    await (await openFeed(undefined)).into(stream, never);
    expect(stream.writableEnded).toBe(true);
  });

  it('is never ahead of the reader', async () => {
    const { stream, got, next } = slowSink();
    const done = (await openFeed(['a', 'b'])).into(stream, never);
    await turn();
    expect(got.join('')).toBe('a');
    next();
    await turn();
    expect(got.join('')).toBe('ab');
    next();
    await done;
  });

  it('stops when the command is gone, even if the stream never says a word again', async () => {
    const { stream, got } = slowSink();
    const { promise, end } = ((): { promise: Promise<void>; end: () => void } => {
      let end: () => void = () => undefined;
      const promise = new Promise<void>((resolve) => (end = resolve));
      return { promise, end };
    })();
    const done = (await openFeed(['a', 'b', 'c'])).into(stream, promise);
    await turn();
    end();
    await done;
    expect(got.join('')).toBe('a');
  });

  it('stops without an error when nobody reads any more', async () => {
    const { stream, got, next } = slowSink();
    const done = (await openFeed(['a', 'b'])).into(stream, never);
    await turn();
    next(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await done;
    expect(got.join('')).toBe('a');
  });

  it('minds no error that comes after the last byte', async () => {
    const { stream, next } = slowSink(100);
    await (await openFeed('a')).into(stream, never);
    next(new Error('write EPIPE'));
    await new Promise((resolve) => stream.once('close', resolve));
  });

  it('knows a missing file before anything is sent', async () => {
    const missing = { file: join(dir, 'missing') };
    expect(await kmonErrorOf(openFeed(['a', missing]))).toMatchObject({
      code: 'precondition',
      message: `cannot read ${missing.file} on this computer`,
    });
  });
});
