import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { AnyAuthMethod, Client, ClientChannel, ClientErrorExtensions, ConnectConfig } from 'ssh2';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { KmonError } from '../errors/kmon-error.js';
import type { Secret } from '../shell/secret.js';
import { attend } from './attend.js';
import type { Ended, Running } from './attend.js';
import { dialError, dialTimeout } from './dial-error.js';
import type { DialPhase } from './dial-error.js';
import { onAbort } from './on-abort.js';
import { slots } from './slots.js';
import type { Transport } from './transport.js';

/** OpenSSH allows 10 sessions on one connection (MaxSessions); two are left for what is still ending. */
const MAX_CHANNELS = 8;
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_MISSED = 3;
/** A login may be slow for good reasons: name lookups of the server, PAM's delay after a refusal. */
const LOGIN_MS = 60_000;

/** One way to prove who we are; they are tried in the order given, each once. */
export type Offer =
  | { readonly kind: 'key'; readonly label: string; readonly key: Buffer; readonly passphrase?: Secret }
  | {
      readonly kind: 'agent';
      readonly label: string;
      readonly socket: string;
      readonly only?: readonly Buffer[];
    }
  | { readonly kind: 'password'; readonly label: string; readonly password: Secret };

export interface SshTarget {
  readonly machine: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly offers: readonly Offer[];
  /** Types of host key to ask for first: those the machine is known by. */
  readonly hostKeyTypes: readonly string[];
  /** The verdict on the key the machine shows (its signature is verified already): `undefined` accepts it. */
  judgeHostKey(key: Buffer): Promise<KmonError | undefined>;
  /** A connection through another machine (ProxyJump) instead of a TCP connection from here. */
  readonly stream?: Duplex;
  readonly connectTimeoutMs: number;
}

export interface SshConnection extends Transport {
  /** False once the connection has ended, however it ended. */
  readonly alive: boolean;
  /** A TCP connection made by the machine, as a stream. Rejects with KmonError `unreachable` or `connection-lost`. */
  forward(host: string, port: number): Promise<Duplex>;
}

export type Dialled =
  | { readonly kind: 'connected'; readonly connection: SshConnection }
  /** Nobody's fault yet: the caller may have more to offer. */
  | {
      readonly kind: 'refused';
      /** Methods the server still takes: "publickey", "password", "keyboard-interactive". */
      readonly methods: readonly string[];
      /** What was shown to the machine. */
      readonly tried: readonly Offer[];
      /** Something was accepted, and the server wants more besides. */
      readonly partial: boolean;
    };

/**
 * Connects and logs in, once: nothing is retried.
 *
 * @throws KmonError `unreachable`, `interrupted`, or what `judgeHostKey` says. Each names the machine.
 */
export function dial(target: SshTarget, signal?: AbortSignal): Promise<Dialled> {
  const { machine, host, port, user } = target;
  const client = new ssh2.Client();
  return new Promise<Dialled>((resolve, reject) => {
    let phase: DialPhase = 'connect';
    let timer: NodeJS.Timeout | undefined;
    let judged: KmonError | undefined;
    let accepted: Buffer | undefined;

    let stopListening = (): void => undefined;
    const settle = (): void => {
      clearTimeout(timer);
      stopListening();
      client.removeAllListeners();
      // Errors may still come after the end; without a listener they would end the program.
      client.on('error', () => undefined);
    };
    const fail = (error: unknown): void => {
      settle();
      client.destroy();
      target.stream?.destroy();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const enter = (next: DialPhase, ms: number): void => {
      phase = next;
      clearTimeout(timer);
      timer = setTimeout(() => {
        fail(dialTimeout({ machine, host, port, phase }, ms));
      }, ms);
    };

    const login = loginHandler(user, target.offers);
    client.on('connect', () => {
      // Without it each command waits for delayed ACKs of TCP: 90 ms instead of 5, measured on loopback.
      client.setNoDelay(true);
      enter('handshake', target.connectTimeoutMs);
    });
    client.on('handshake', () => {
      enter('login', LOGIN_MS);
    });
    client.on('ready', () => {
      settle();
      resolve({ kind: 'connected', connection: connection(machine, client) });
    });
    client.on('error', (error: Error & ClientErrorExtensions) => {
      // ssh2 goes on to the next method after these two; the login is over when it asked for one more and there was none.
      if (error.level === 'agent') return;
      if (error.level === 'client-authentication' && !login.exhausted()) return;
      if (judged !== undefined) {
        fail(judged);
        return;
      }
      if (phase === 'login' && (login.exhausted() || isDisconnect(error))) {
        settle();
        client.destroy();
        resolve({
          kind: 'refused',
          methods: login.methods(),
          tried: login.tried(),
          partial: login.partial(),
        });
        return;
      }
      fail(dialError({ machine, host, port, phase }, error));
    });
    client.on('close', () => {
      fail(judged ?? dialError({ machine, host, port, phase }, undefined));
    });

    stopListening = onAbort(signal, () => {
      fail(new KmonError('interrupted', 'stopped while connecting', { machine }));
    });
    if (signal?.aborted === true) return;

    enter('connect', target.connectTimeoutMs);
    const config: ConnectConfig = {
      host,
      port,
      username: user,
      readyTimeout: 0, // the three phases have their own limits
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVE_MISSED,
      algorithms: { serverHostKey: hostKeyAlgorithms(target.hostKeyTypes) },
      hostVerifier: (key: Buffer, verify: (ok: boolean) => void): void => {
        // Keys are exchanged again on long connections: the same key needs no second verdict, another one gets none.
        if (accepted !== undefined) {
          verify(accepted.equals(key));
          return;
        }
        clearTimeout(timer);
        target.judgeHostKey(key).then(
          (verdict) => {
            judged = verdict;
            if (verdict === undefined) accepted = key;
            enter('handshake', target.connectTimeoutMs);
            verify(verdict === undefined);
          },
          (error: unknown) => {
            fail(error);
          },
        );
      },
      authHandler: login.next,
      ...(target.stream === undefined ? {} : { sock: target.stream }),
    };
    try {
      client.connect(config);
    } catch (error) {
      fail(error);
    }
  });
}

/** True when ssh2 can use the key with this passphrase (or without one). */
export function opensKey(key: Buffer, passphrase?: Secret): boolean {
  return !(ssh2.utils.parseKey(key, passphrase?.reveal()) instanceof Error);
}

/** The public half in SSH's wire form, from a public or an unencrypted private key; `undefined` when it is neither. */
export function publicKeyOf(key: Buffer): Buffer | undefined {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) return undefined;
  return parsed.getPublicSSH();
}

/** "Too many authentication failures" and the like: the server's own end of the connection, which ssh2 marks by a numeric code. */
function isDisconnect(error: Error & { readonly code?: unknown }): boolean {
  return typeof error.code === 'number';
}

const HOST_KEY_ALGORITHMS: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** The known types first: a machine known by its ed25519 key must not be judged by its ecdsa key. */
function hostKeyAlgorithms(known: readonly string[]): ServerHostKeyAlgorithm[] {
  const order = new Set([...known, ...Object.keys(HOST_KEY_ALGORITHMS)]);
  return [...order].flatMap((type) => HOST_KEY_ALGORITHMS[type] ?? []);
}

interface LoginHandler {
  readonly next: NonNullable<Extract<ConnectConfig['authHandler'], (...args: never[]) => void>>;
  exhausted(): boolean;
  methods(): readonly string[];
  tried(): readonly Offer[];
  partial(): boolean;
}

function loginHandler(user: string, offers: readonly Offer[]): LoginHandler {
  let methods: readonly string[] = [];
  let partial = false;
  let exhausted = false;
  let asked = false;
  const left = [...offers];
  const tried: Offer[] = [];

  const pick = (): AnyAuthMethod | undefined => {
    // "none" costs no attempt (OpenSSH) and makes the server say what it takes.
    if (!asked) {
      asked = true;
      return { type: 'none', username: user };
    }
    for (;;) {
      const offer = left.shift();
      if (offer === undefined) return undefined;
      const method = asMethod(user, offer, methods);
      if (method === undefined) continue;
      tried.push(offer);
      return method;
    }
  };
  return {
    // The first two are null before the server has said anything, whatever ssh2's types promise.
    next(methodsLeft: readonly string[] | null, partialSuccess: boolean | null, next) {
      methods = methodsLeft ?? [];
      partial ||= partialSuccess ?? false;
      const method = pick();
      if (method === undefined) {
        exhausted = true;
        // ssh2 takes `false` for "no more"; its types do not know.
        (next as unknown as (none: false) => void)(false);
        return;
      }
      next(method);
    },
    exhausted: () => exhausted,
    methods: () => methods,
    tried: () => tried,
    partial: () => partial,
  };
}

function asMethod(username: string, offer: Offer, taken: readonly string[]): AnyAuthMethod | undefined {
  switch (offer.kind) {
    case 'key':
      if (!taken.includes('publickey')) return undefined;
      return {
        type: 'publickey',
        username,
        key: offer.key,
        ...(offer.passphrase === undefined ? {} : { passphrase: offer.passphrase.reveal() }),
      };
    case 'agent':
      if (!taken.includes('publickey')) return undefined;
      return { type: 'agent', username, agent: agentWith(offer.socket, offer.only) };
    case 'password': {
      const password = offer.password.reveal();
      if (taken.includes('password')) return { type: 'password', username, password };
      if (!taken.includes('keyboard-interactive')) return undefined;
      let said = false;
      return {
        type: 'keyboard-interactive',
        username,
        // The password answers the first thing that is not echoed; whatever else is asked is left empty, and refused.
        prompt: (_name, _instructions, _lang, prompts, finish) => {
          finish(
            prompts.map((p) => {
              if (p.echo === true || said) return '';
              said = true;
              return password;
            }),
          );
        },
      };
    }
  }
}

function agentWith(
  socket: string,
  only: readonly Buffer[] | undefined,
): InstanceType<typeof ssh2.OpenSSHAgent> {
  const agent = new ssh2.OpenSSHAgent(socket);
  if (only === undefined) return agent;
  const all = agent.getIdentities.bind(agent);
  agent.getIdentities = (done) => {
    all((error, keys) => {
      done(
        error,
        keys?.filter((key) => 'getPublicSSH' in key && only.some((k) => k.equals(key.getPublicSSH()))),
      );
    });
  };
  return agent;
}

function connection(machine: string, client: Client): SshConnection {
  const channels = slots(MAX_CHANNELS);
  let alive = true;
  let cause: (Error & ClientErrorExtensions) | undefined;
  client.on('error', (error) => (cause ??= error));
  client.on('close', () => (alive = false));
  const lost = (): KmonError => connectionLost(machine, cause);

  const start = async (wire: string, givenUp: AbortSignal): Promise<Running> => {
    for (;;) {
      const free = await channels.take();
      try {
        if (!alive) throw lost();
        if (givenUp.aborted)
          throw new KmonError('interrupted', 'stopped before the command began', { machine });
        const running = await openChannel(client, wire, lost);
        void running.ended.then(free);
        return running;
      } catch (error) {
        free();
        if (!isOpenFailure(error) || !alive) throw error instanceof KmonError ? error : lost();
        // A server with a smaller MaxSessions than usual: be content with what it gives, unless it gives nothing.
        if (channels.taken === 0) throw sessionsRefused(machine, error);
        channels.shrinkTo(channels.taken);
      }
    }
  };

  return {
    get alive() {
      return alive;
    },
    exec: (wire, options) => attend(machine, (givenUp) => start(wire, givenUp), options),
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
    close: () =>
      new Promise((resolve) => {
        if (!alive) {
          resolve();
          return;
        }
        // A machine that is gone does not answer the goodbye.
        const timer = setTimeout(() => client.destroy(), 2000);
        client.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
        client.end();
      }),
  };
}

function openChannel(client: Client, wire: string, lost: () => KmonError): Promise<Running> {
  return new Promise((resolve, reject) => {
    // ssh2 throws here when the connection has just ended.
    client.exec(wire, (error, channel) => {
      if (error === undefined) resolve(running(client, channel, lost));
      else reject(error);
    });
  });
}

function running(client: Client, channel: ClientChannel, lost: () => KmonError): Running {
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
        channel.signal('TERM');
        channel.close();
      } catch {
        // The connection has ended, and the channel with it.
      }
    },
  };
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

function forwardRefused(host: string, port: number, cause: Error): KmonError {
  return new KmonError('unreachable', `port ${port} of ${host} cannot be reached from there`, {
    hint: `check that ${host} is on and runs an SSH server, and that the jump host forwards (AllowTcpForwarding)`,
    evidence: cause.message,
    cause,
  });
}

function connectionLost(machine: string, cause: (Error & ClientErrorExtensions) | undefined): KmonError {
  const silent = cause?.level === 'client-timeout';
  return new KmonError(
    'connection-lost',
    silent
      ? `the machine gave no sign of life for ${(KEEPALIVE_MS * KEEPALIVE_MISSED) / 1000} s`
      : 'the connection broke before the command ended',
    {
      machine,
      hint: `check that ${machine} is on and its network cable or Wi-Fi is up, then run the same command again`,
      cause,
    },
  );
}
