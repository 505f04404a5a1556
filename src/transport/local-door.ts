import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KmonError } from '../errors/kmon-error.js';

/** A port of this computer's own loopback that leads elsewhere. */
export interface LocalDoor {
  readonly port: number;
  /** Nobody reaches it any more, and who was connected is cut off. Never rejects. */
  close(): Promise<void>;
}

export interface LocalDoorOptions {
  /** 0: one that is free. */
  readonly port: number;
  /** Where each connection leads. */
  readonly forward: () => Promise<Duplex>;
  /** Told why a connection led nowhere; the door stays open. */
  readonly onFailure: (error: unknown) => void;
}

const LOOPBACK = '127.0.0.1';

/**
 * Opens the port for programs of this computer alone.
 *
 * @throws KmonError `precondition` when the port is taken, or not for this user.
 */
export async function openLocalDoor({ port, forward, onFailure }: LocalDoorOptions): Promise<LocalDoor> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // Told by the pipeline, once there is one.
    socket.on('error', () => undefined);
    forward().then(
      (stream) => {
        if (socket.destroyed) stream.destroy();
        else void join(socket, stream);
      },
      (error: unknown) => {
        socket.destroy();
        onFailure(error);
      },
    );
  });
  await listen(server, port);
  const address = server.address();
  return {
    port: address === null || typeof address === 'string' ? port : address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Both ways until both have ended; one that breaks ends the other. A browser that hangs up is nothing that has to be told. */
async function join(socket: Socket, stream: Duplex): Promise<void> {
  await Promise.allSettled([pipeline(socket, stream), pipeline(stream, socket)]);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(refused(port, cause));
    });
    server.listen(port, LOOPBACK, () => {
      resolve();
    });
  });
}

function refused(port: number, cause: NodeJS.ErrnoException): KmonError {
  const message =
    cause.code === 'EADDRINUSE'
      ? `port ${port} of this computer is taken`
      : cause.code === 'EACCES'
        ? `port ${port} of this computer is not for every user`
        : `port ${port} of this computer cannot be opened`;
  return new KmonError('precondition', message, {
    hint: 'give another one with --port, or leave it out for one that is free',
    evidence: cause.message,
    cause,
  });
}
