import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { gathering } from '../../../src/transport/gathering.js';

/** Keeps what arrives in one call. */
function sink(): { readonly stream: Writable; readonly calls: string[] } {
  const calls: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      calls.push(chunk.toString());
      done();
    },
    writev(chunks, done) {
      calls.push(chunks.map(({ chunk }) => String(chunk)).join('|'));
      done();
    },
  });
  return { stream: gathering(stream), calls };
}

const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('sends together what is written in one go, and what comes later by itself', async () => {
  const { stream, calls } = sink();
  stream.write('a');
  stream.write('b');
  stream.write('c');
  await nextTick();
  expect(calls).toEqual(['a|b|c']);
  stream.write('d');
  await nextTick();
  expect(calls).toEqual(['a|b|c', 'd']);
});

it('says when a piece has gone, and ends with all that was written', async () => {
  const { stream, calls } = sink();
  const gone = new Promise((resolve) => stream.write('a', resolve));
  stream.write('b');
  await gone;
  await new Promise<void>((resolve) => stream.end('c', resolve));
  expect(calls.join('|')).toBe('a|b|c');
});

it('tells the writer to wait as before', () => {
  const { stream } = sink();
  expect(stream.write('x'.repeat(stream.writableHighWaterMark))).toBe(false);
});
