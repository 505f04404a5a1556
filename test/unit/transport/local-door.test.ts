import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { openLocalDoor } from '../../../src/transport/local-door.js';
import type { LocalDoor } from '../../../src/transport/local-door.js';

const servers: Server[] = [];
const doors: LocalDoor[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
  for (const server of servers.splice(0)) server.close();
});

/** Says what it hears in capitals, when it has heard the end. */
async function loud(): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let heard = '';
    socket.on('data', (chunk) => (heard += String(chunk)));
    socket.on('end', () => socket.end(heard.toUpperCase()));
    socket.on('error', () => undefined);
  });
  servers.push(server);
  return listening(server);
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function open(
  forward: () => Promise<Duplex>,
  port = 0,
): Promise<LocalDoor & { readonly failures: readonly unknown[] }> {
  const failures: unknown[] = [];
  const door = await openLocalDoor({ port, forward, onFailure: (error) => failures.push(error) });
  doors.push(door);
  return { ...door, failures };
}

async function connected(port: number): Promise<Duplex> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function hears(socket: Socket, says?: string): Promise<string> {
  let heard = '';
  socket.on('data', (chunk) => (heard += String(chunk)));
  socket.on('error', () => undefined);
  if (says !== undefined) socket.end(says);
  await once(socket, 'close');
  return heard;
}

describe('a door of this computer', () => {
  it('leads where it is told, for several at a time, to the end of each way', async () => {
    const far = await loud();
    const door = await open(() => connected(far));
    const said = ['one', 'two', 'x'.repeat(300_000)];
    const heard = await Promise.all(said.map((text) => hears(connect(door.port, '127.0.0.1'), text)));
    expect(heard).toEqual(said.map((text) => text.toUpperCase()));
    expect(door.failures).toEqual([]);
  });

  it('tells why it leads nowhere, and stays open', async () => {
    const far = await loud();
    const wrong = new Error('nobody is there');
    const answers = [() => Promise.reject(wrong), () => connected(far)];
    const door = await open(() => (answers.shift() ?? (() => connected(far)))());
    expect(await hears(connect(door.port, '127.0.0.1'))).toBe('');
    expect(door.failures).toEqual([wrong]);
    expect(await hears(connect(door.port, '127.0.0.1'), 'again')).toBe('AGAIN');
  });

  it('is for this computer alone, and cuts off whoever is connected when it closes', async () => {
    const far = await loud();
    const door = await open(() => connected(far));
    const socket = connect(door.port, '127.0.0.1');
    await once(socket, 'connect');
    expect(socket.remoteAddress).toBe('127.0.0.1');
    const over = hears(socket);
    await door.close();
    expect(await over).toBe('');
    await expect(connected(door.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says that a port is taken', async () => {
    const taken = await loud();
    await expect(open(() => connected(taken), taken)).rejects.toMatchObject({
      code: 'precondition',
      message: `port ${taken} of this computer is taken`,
      hint: expect.stringContaining('--port') as string,
    });
  });
});
