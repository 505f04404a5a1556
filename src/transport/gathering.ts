import type { Writable } from 'node:stream';

type Done = (error: Error | null | undefined) => void;

/**
 * Has a stream send together what is written to it in one go. ssh2 writes each packet in three pieces, two of them of a few bytes: on a
 * connection without delay each would be a call of the system and a segment of TCP, here and on the machine.
 */
export function gathering<S extends Writable>(stream: S): S {
  gather(stream);
  return stream;
}

function gather(stream: Writable): void {
  const write = stream.write.bind(stream);
  let gathers = false;
  const send = (): void => {
    gathers = false;
    stream.uncork();
  };
  stream.write = (piece: unknown, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    if (!gathers) {
      gathers = true;
      stream.cork();
      process.nextTick(send);
    }
    return typeof encoding === 'function'
      ? write(piece, 'utf8', encoding)
      : write(piece, encoding ?? 'utf8', done);
  };
}
