import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { KmonError } from '../errors/kmon-error.js';
import { attend } from './attend.js';
import type { Running } from './attend.js';
import { sessions } from './sessions.js';
import { slots } from './slots.js';
import { runningOn } from './ssh-channel.js';
import type { SshChannel } from './ssh-channel.js';
import { standingShells } from './standing-shells.js';
import type { Transport } from './transport.js';

/** OpenSSH allows so many on one connection (MaxSessions), by itself. */
const MAX_SESSIONS = 10;
/** Commands that were given up and go on there. */
const MAX_GIVEN_UP = 2;
const MAX_CHANNELS = MAX_SESSIONS - MAX_GIVEN_UP;
/** A machine that is gone does not take the goodbye. */
const GOODBYE_MS = 2000;

/** Cause of a `connection-lost` whose command never began: another connection may still run it. */
export class NotBegun extends Error {
  override readonly name = 'NotBegun';
}

export interface SshConnection extends Required<Transport> {
  /** False once the connection has ended, or has too many commands that were given up: time for another one. */
  readonly fresh: boolean;
  /** A TCP connection made by the machine, as a stream. Rejects with KmonError `unreachable` or `connection-lost`. */
  forward(host: string, port: number): Promise<Duplex>;
  /**
   * A port of the machine's own loopback, which nobody else in the network reaches: each connection made to it there comes here, as a stream.
   * Gone with the connection. Rejects with KmonError `precondition` when the SSH server does not forward, or `connection-lost`.
   */
  listen(accept: (stream: Duplex) => void, port?: number): Promise<Listening>;
  /** Closes as soon as the commands that are under way have ended; those that were given up are not waited for. */
  retire(): void;
}

/** A port of a machine that is listened on from here. */
export interface Listening {
  readonly port: number;
  /** Nobody reaches it any more; who is connected stays so. Never rejects. */
  close(): Promise<void>;
}

/** What is used of an ssh2 client that has logged in. */
export interface SshClient extends EventEmitter {
  exec(wire: string, done: (error: Error | undefined, channel: SshChannel) => void): unknown;
  forwardOut(
    fromHost: string,
    fromPort: number,
    host: string,
    port: number,
    done: (error: Error | undefined, stream: Duplex) => void,
  ): unknown;
  forwardIn(host: string, port: number, done: (error: Error | undefined, port: number) => void): unknown;
  unforwardIn(host: string, port: number, done: (error?: Error | null) => void): unknown;
  end(): unknown;
  destroy(): unknown;
}

/** The one address that only programs of the machine itself reach. */
const LOOPBACK = '127.0.0.1';

export interface KeepAlive {
  readonly intervalMs: number;
  readonly missed: number;
}

/**
 * @param stream what the client sends and receives by; ended when the connection is
 */
export function sshConnection(
  machine: string,
  client: SshClient,
  stream: Duplex,
  keepAlive: KeepAlive,
): SshConnection {
  const channels = slots(MAX_CHANNELS);
  let alive = true;
  let givenUpAndOpen = 0;
  const counted = sessions(MAX_SESSIONS, () => channels.taken + givenUpAndOpen);
  let refusesSessions = false;
  let retired = false;
  let cause: LevelledError | undefined;
  client.on('error', (error: LevelledError) => (cause ??= error));
  client.on('close', () => (alive = false));
  const lost = (): KmonError => connectionLost(machine, keepAlive, cause);

  const free = (place: () => void): void => {
    place();
    if (retired && channels.taken === 0) client.end();
  };
  /** The command's place is free when it ends, and also when it is given up: sshd keeps its session until it really ends. */
  const inPlace = (running: Running, place: () => void): Running => {
    let over = false;
    let givenUp = false;
    void running.ended.then(() => {
      over = true;
      counted.closed();
      if (givenUp) givenUpAndOpen -= 1;
      free(place);
    });
    return {
      ...running,
      abandon() {
        if (!over && !givenUp) {
          givenUp = true;
          givenUpAndOpen += 1;
        }
        running.abandon();
        free(place);
      },
    };
  };
  const start = async (wire: string, givenUp: AbortSignal): Promise<Running> => {
    for (;;) {
      if (channels.full) shells.endOne();
      const place = await channels.take();
      try {
        const answered = await counted.ask();
        try {
          if (!alive) throw notBegun(lost());
          givenUp.throwIfAborted();
          return inPlace(await openChannel(client, wire, lost), place);
        } finally {
          answered();
        }
      } catch (error) {
        free(place);
        if (error instanceof KmonError) throw error;
        if (!alive) throw lost();
        if (!isOpenFailure(error)) throw commandRefused(machine, error);
        // A server with a smaller MaxSessions than usual: be content with what it gives, unless it gives nothing.
        refusesSessions = channels.taken === 0;
        if (refusesSessions) throw notBegun(sessionsRefused(machine, error));
        channels.shrinkTo(channels.taken);
      }
    }
  };

  const shells = standingShells(start, () => channels.wanted);

  return {
    get fresh() {
      return alive && !refusesSessions && givenUpAndOpen <= MAX_GIVEN_UP;
    },
    exec: (wire, options) => attend(machine, (givenUp) => start(wire, givenUp), options),
    inShell: (shell, script, options) =>
      attend(machine, (givenUp) => shells.run(shell, script, options?.input, givenUp), options),
    forward: (host, port) =>
      new Promise((resolve, reject) => {
        if (!alive) {
          reject(lost());
          return;
        }
        client.forwardOut('127.0.0.1', 0, host, port, (error, stream) => {
          if (error === undefined) resolve(stream);
          else reject(forwardRefused(host, port, error));
        });
      }),
    listen: (accept, wanted = 0) =>
      new Promise((resolve, reject) => {
        if (!alive) {
          reject(lost());
          return;
        }
        client.forwardIn(LOOPBACK, wanted, (error, port) => {
          if (error === undefined) resolve(listening(client, port, accept));
          else reject(alive ? listenRefused(machine, error) : lost());
        });
      }),
    retire() {
      retired = true;
      shells.retire();
      if (channels.taken === 0) client.end();
    },
    close: () =>
      new Promise((resolve) => {
        if (!alive) {
          resolve();
          return;
        }
        const timer = setTimeout(() => client.destroy(), GOODBYE_MS);
        client.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
        // Said is enough: a server that closes dozens of sessions takes its time to hang up.
        stream.once('finish', () => client.destroy());
        client.end();
      }),
  };
}

function openChannel(client: SshClient, wire: string, lost: () => KmonError): Promise<Running> {
  return new Promise((resolve, reject) => {
    // ssh2 throws here when the connection has just ended.
    client.exec(wire, (error, channel) => {
      if (error === undefined) resolve(runningOn(client, channel, lost));
      else reject(error);
    });
  });
}

/** What ssh2 tells of a connection that was made to a port there. */
interface Incoming {
  readonly destPort: number;
}

function listening(client: SshClient, port: number, accept: (stream: Duplex) => void): Listening {
  const take = ({ destPort }: Incoming, open: () => Duplex): void => {
    if (destPort === port) accept(open());
  };
  client.on('tcp connection', take);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        const over = (): void => {
          client.off('tcp connection', take);
          client.off('close', over);
          resolve();
        };
        client.once('close', over);
        try {
          client.unforwardIn(LOOPBACK, port, over);
        } catch {
          // The connection has ended, and the port with it.
          over();
        }
      }),
  };
}

/** ssh2 says in `level` where an error comes from. */
type LevelledError = Error & { readonly level?: string };

function notBegun(error: KmonError): KmonError {
  return new KmonError(error.code, error.message, {
    ...error.context,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: new NotBegun('the command was not sent', { cause: error.cause }),
  });
}

/** ssh2 gives a refused channel the `reason` the server said. */
function isOpenFailure(error: unknown): error is Error & { readonly reason: unknown } {
  return error instanceof Error && 'reason' in error;
}

function sessionsRefused(machine: string, cause: Error): KmonError {
  return new KmonError(
    'connection-lost',
    'the SSH server does not start another command on this connection',
    {
      machine,
      hint: `look at MaxSessions in /etc/ssh/sshd_config on ${machine}`,
      cause,
    },
  );
}

function commandRefused(machine: string, cause: unknown): KmonError {
  return new KmonError('login-refused', 'the SSH server runs no commands for this user', {
    machine,
    hint: `look at the user's login shell and at /etc/ssh/sshd_config on ${machine} (ForceCommand, Match)`,
    cause,
  });
}

/** What SSH calls "administratively prohibited" (RFC 4254, 5.1). */
const FORBIDDEN = 1;

function forwardRefused(host: string, port: number, cause: Error): KmonError {
  if (isOpenFailure(cause) && cause.reason === FORBIDDEN) {
    return new KmonError('unreachable', 'the SSH server there forwards no connections', {
      hint: 'look at AllowTcpForwarding, DisableForwarding and PermitOpen in its /etc/ssh/sshd_config',
      evidence: cause.message,
      cause,
    });
  }
  return new KmonError('unreachable', `port ${port} of ${host} cannot be reached from there`, {
    hint: `check that ${host} is on and runs an SSH server, and that the jump host forwards (AllowTcpForwarding)`,
    evidence: cause.message,
    cause,
  });
}

function listenRefused(machine: string, cause: Error): KmonError {
  return new KmonError('precondition', 'the SSH server does not open a port for this computer', {
    machine,
    hint: `look at AllowTcpForwarding and DisableForwarding in /etc/ssh/sshd_config on ${machine}`,
    evidence: cause.message,
    cause,
  });
}

function connectionLost(machine: string, keepAlive: KeepAlive, cause: LevelledError | undefined): KmonError {
  const silent = cause?.level === 'client-timeout';
  return new KmonError(
    'connection-lost',
    silent
      ? `the machine gave no sign of life for ${(keepAlive.intervalMs * keepAlive.missed) / 1000} s`
      : 'the connection broke before the command ended',
    {
      machine,
      hint: `check that ${machine} is on and its network cable or Wi-Fi is up, then run the same command again`,
      cause,
    },
  );
}
