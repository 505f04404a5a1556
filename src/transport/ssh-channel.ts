import type { EventEmitter } from 'node:events';
import type { Duplex, Readable } from 'node:stream';
import type { KmonError } from '../errors/kmon-error.js';
import type { Ended, Running } from './attend.js';

/** What is used of an ssh2 channel. */
export interface SshChannel extends Duplex {
  readonly stderr: Readable;
  signal(name: string): unknown;
  close(): unknown;
}

/** A command on a channel that was just opened. `lost` says why a connection broke. */
export function runningOn(client: EventEmitter, channel: SshChannel, lost: () => KmonError): Running {
  const ended = new Promise<Ended>((resolve) => {
    let exit: Ended | undefined;
    let dropped = false;
    channel.on('exit', (code: number | null, signal?: string) => {
      exit = code === null ? { kind: 'killed', signal: signal ?? 'a signal' } : { kind: 'exited', code };
    });
    // With the connection the rest of the output may be lost, even when the exit code was said already.
    const onDrop = (): void => {
      dropped = !(channel.readableEnded && channel.stderr.readableEnded);
    };
    client.once('close', onDrop);
    // ssh2 1.17 says "close" when stdout was read to its end; stderr may still have something to give.
    channel.on('close', () => {
      client.off('close', onDrop);
      const finish = (): void => {
        resolve(exit === undefined || dropped ? { kind: 'lost', error: lost() } : exit);
      };
      if (channel.stderr.readableEnded) finish();
      else channel.stderr.once('end', finish);
    });
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    ended,
    abandon() {
      try {
        // Reaches only what still reads its stdin and runs as the user: then half an input is not taken for a whole one.
        channel.signal('TERM');
        channel.close();
      } catch {
        // The connection has ended, and the channel with it.
      }
    },
  };
}
