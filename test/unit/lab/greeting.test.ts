import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sshGreets } from '../../../src/lab/greeting.js';

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

async function serve(onConnection: (socket: Socket) => void): Promise<number> {
  server = createServer(onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('an SSH greeting', () => {
  it('is heard in pieces and behind other lines', async () => {
    const port = await serve((socket) => {
      socket.write('Welcome\r\nSSH-2');
      setTimeout(() => socket.end('.0-OpenSSH_9.2\r\n'), 20);
    });
    expect(await sshGreets('127.0.0.1', 2000, port)).toBe(true);
  });

  it('is not another protocol, a silence or a closed port', async () => {
    expect(await sshGreets('127.0.0.1', 2000, await serve((s) => s.end('220 mail ready\r\n')))).toBe(false);
    server?.close();
    const silent = await serve(() => undefined);
    expect(await sshGreets('127.0.0.1', 30, silent)).toBe(false);
    server?.close();
    expect(await sshGreets('127.0.0.1', 2000, 1)).toBe(false);
  });
});
