import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { sshConnection } from '../../../src/transport/ssh-connection.js';
import type { SshClient } from '../../../src/transport/ssh-connection.js';

const unexpected = (): never => {
  throw new Error('nobody asked for this');
};

describe('the end of a connection', () => {
  // Whoever hangs up last is the server, and one that closes dozens of sessions at once takes its time.
  it('does not wait for the server to hang up, but until the goodbye is sent', async () => {
    const did: string[] = [];
    const stream = new PassThrough();
    const client: SshClient = Object.assign(new EventEmitter(), {
      exec: unexpected,
      forwardOut: unexpected,
      forwardIn: unexpected,
      unforwardIn: unexpected,
      end: () => {
        did.push('goodbye');
        stream.end(() => did.push('sent'));
      },
      destroy: () => {
        did.push('gone');
        client.emit('close');
      },
    });
    const began = performance.now();
    await sshConnection('pc-1', client, stream, { intervalMs: 1000, missed: 3 }).close();
    expect(did).toEqual(['goodbye', 'sent', 'gone']);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
