import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { AnyAuthMethod, ClientErrorExtensions, ConnectConfig, ParsedKey } from 'ssh2';
import { KmonError } from '../errors/kmon-error.js';
import { Secret } from '../shell/secret.js';
import { dialError, dialTimeout, turnedAway } from './dial-error.js';
import type { DialPhase } from './dial-error.js';
import type { HostKeyAlgorithm } from './host-keys/algorithms.js';
import { loginTalk } from './login/talk.js';
import type { LoginTalk } from './login/talk.js';
import { offersInTurn } from './login/offers.js';
import type { Offer } from './login/offers.js';
import { onAbort } from './on-abort.js';
import { sshConnection } from './ssh-connection.js';
import type { SshConnection } from './ssh-connection.js';

const KEEPALIVE_MS = 10_000;
const KEEPALIVE_MISSED = 3;
/** A login may be slow for good reasons: name lookups of the server, PAM's delay after a refusal. */
const LOGIN_MS = 60_000;

export interface SshTarget {
  readonly machine: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly offers: readonly Offer[];
  /** What host keys to take, the best first. */
  readonly hostKeyAlgorithms: readonly HostKeyAlgorithm[];
  /** The verdict on the key the machine shows (its signature is verified already): `undefined` accepts it. */
  judgeHostKey(key: Buffer): Promise<KmonError | undefined>;
  /** Of this computer, where it has several. */
  readonly localAddress?: string;
  /** Of the addresses of a name: IPv4 or IPv6 alone. */
  readonly family?: 4 | 6;
  /** A connection through another machine (ProxyJump) instead of a TCP connection from here. */
  readonly stream?: Duplex;
  readonly connectTimeoutMs: number;
  /** How often to ask for a sign of life. Default 10 s; three missed ones end the connection. */
  readonly keepaliveMs?: number;
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
      /** In the machine's own words, when it said more than no. */
      readonly said: string;
    };

/**
 * Connects and logs in, once: nothing is retried.
 *
 * @throws KmonError `unreachable`, `login-refused` when the machine hangs up on what it was shown, `interrupted`, or what `judgeHostKey`
 * says. Each names the machine.
 */
export function dial(target: SshTarget, signal?: AbortSignal): Promise<Dialled> {
  const { machine, host, port, user, keepaliveMs = KEEPALIVE_MS } = target;
  const client = new ssh2.Client();
  // Without noDelay each command waits for delayed ACKs of TCP: 90 ms instead of 5, measured on loopback.
  const { localAddress, family } = target;
  const from = {
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(family === undefined ? {} : { family }),
  };
  const stream = target.stream ?? connect({ host, port, noDelay: true, ...from });
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
      stream.destroy();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const enter = (next: DialPhase, ms: number): void => {
      phase = next;
      clearTimeout(timer);
      timer = setTimeout(() => {
        fail(dialTimeout({ machine, host, port, phase }, ms));
      }, ms);
    };

    const talk = loginTalk();
    const greeting = greetingOn(stream);
    const login = offersInTurn<AnyAuthMethod>(
      target.offers,
      { type: 'none', username: user },
      (offer, taken) => asMethod(user, offer, taken, talk),
    );
    const hungUp = (): KmonError => {
      if (phase === 'login' && (login.tried.length > 0 || talk.said !== '')) {
        return turnedAway({ machine, host, user }, talk.said);
      }
      return dialError({ machine, host, port, phase }, undefined, greeting.said);
    };
    client.on('banner', (text: string) => {
      talk.banner(text);
    });
    // No new password is made up here: the login ends, with the words that ask for one.
    client.on('change password', (text: string) => {
      talk.hangsUp(text);
      fail(turnedAway({ machine, host, user }, talk.said));
    });
    client.on('connect', () => {
      enter('handshake', target.connectTimeoutMs);
    });
    client.on('handshake', () => {
      enter('login', LOGIN_MS);
    });
    client.on('ready', () => {
      settle();
      resolve({
        kind: 'connected',
        connection: sshConnection(machine, client, stream, {
          intervalMs: keepaliveMs,
          missed: KEEPALIVE_MISSED,
        }),
      });
    });
    client.on('error', (error: Error & ClientErrorExtensions) => {
      // ssh2 goes on to the next method after these two; the login is over when it asked for one more and there was none.
      if (error.level === 'agent') return;
      if (error.level === 'client-authentication' && !login.exhausted) return;
      if (judged !== undefined) {
        fail(judged);
        return;
      }
      if (phase === 'login' && (login.exhausted || isDisconnect(error))) {
        if (isDisconnect(error)) talk.hangsUp(error.message);
        settle();
        client.destroy();
        resolve({
          kind: 'refused',
          methods: login.methods,
          tried: login.tried,
          partial: login.partial,
          said: talk.said,
        });
        return;
      }
      fail(dialError({ machine, host, port, phase }, error, greeting.said));
    });
    client.on('close', () => {
      fail(judged ?? hungUp());
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
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: KEEPALIVE_MISSED,
      algorithms: { serverHostKey: [...target.hostKeyAlgorithms] },
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
      // The first two are null before the server has said anything, whatever ssh2's types promise.
      authHandler: (methods: readonly string[] | null, partial: boolean | null, next) => {
        if (methods !== null) talk.judged();
        // ssh2 takes `false` for "no more"; its types do not know.
        (next as (method: AnyAuthMethod | false) => void)(login.next(methods, partial) ?? false);
      },
      sock: stream,
    };
    try {
      client.connect(config);
      greeting.listen();
    } catch (error) {
      fail(error);
    }
  });
}

/** The beginning of what comes in, unless it is SSH's own: a server that is full says so before it hangs up, and one of another kind shows itself. */
function greetingOn(stream: Duplex): { listen(): void; readonly said: string } {
  let heard = '';
  return {
    // Not before the client reads: listening makes a stream flow.
    listen() {
      const hear = (chunk: Buffer): void => {
        heard += chunk.toString('latin1', 0, 300);
        if (heard.length >= 300 || /^SSH-/m.test(heard)) stream.off('data', hear);
      };
      stream.on('data', hear);
    },
    get said() {
      return /^SSH-/m.test(heard) ? '' : heard.trim().slice(0, 300);
    },
  };
}

/** How many keys an agent has. Rejects when there is none at this place, or it does not answer. */
export function keysOfAgent(socket: string): Promise<number> {
  return new Promise((resolve, reject) => {
    ssh2.createAgent(socket).getIdentities((error, keys) => {
      if (error) reject(error);
      else resolve(keys?.length ?? 0);
    });
  });
}

/** A new ed25519 key pair without a passphrase: the private key as OpenSSH keeps it, the public one as a line of a .pub file. */
export function newKeyPair(comment: string): { readonly privateKey: Secret; readonly publicKey: string } {
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  return { privateKey: new Secret(pair.private), publicKey: pair.public.trim() };
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

/** Reading a private key takes longer than anything else of a login on this side, and a room has one key. */
const parsedKeys = new WeakMap<Buffer, ParsedKey>();

function parsedOnce(offer: Extract<Offer, { readonly kind: 'key' }>): ParsedKey | Buffer {
  const known = parsedKeys.get(offer.key);
  if (known !== undefined) return known;
  const parsed = ssh2.utils.parseKey(offer.key, offer.passphrase?.reveal());
  // ssh2 says itself what is wrong with it.
  if (parsed instanceof Error) return offer.key;
  parsedKeys.set(offer.key, parsed);
  return parsed;
}

/** The same key, and to be asked for a signature means that the machine has taken it: until then it has judged nothing. */
function heeding(key: ParsedKey | Buffer, talk: LoginTalk): ParsedKey | Buffer {
  if (Buffer.isBuffer(key)) return key;
  const sign = key.sign.bind(key);
  return Object.assign(Object.create(key) as ParsedKey, {
    sign: (...data: Parameters<ParsedKey['sign']>) => {
      talk.judged();
      return sign(...data);
    },
  });
}

/** "Too many authentication failures" and the like: the server's own end of the connection, which ssh2 marks by a numeric code. */
function isDisconnect(error: Error & { readonly code?: unknown }): boolean {
  return typeof error.code === 'number';
}

function asMethod(
  username: string,
  offer: Offer,
  taken: readonly string[],
  talk: LoginTalk,
): AnyAuthMethod | undefined {
  switch (offer.kind) {
    case 'key':
      if (!taken.includes('publickey')) return undefined;
      return {
        type: 'publickey',
        username,
        key: heeding(parsedOnce(offer), talk),
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
        prompt: (_name, instructions, _lang, prompts, finish) => {
          talk.judged();
          talk.asks(
            instructions,
            prompts.map((p) => p.prompt),
          );
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

function agentWith(socket: string, only: readonly Buffer[] | undefined): ReturnType<typeof ssh2.createAgent> {
  const agent = ssh2.createAgent(socket);
  if (only === undefined) return agent;
  const all = agent.getIdentities.bind(agent);
  agent.getIdentities = (done) => {
    all((error, keys) => {
      done(
        error,
        keys?.filter(
          (key) =>
            typeof key === 'object' &&
            'getPublicSSH' in key &&
            only.some((k) => k.equals(key.getPublicSSH())),
        ),
      );
    });
  };
  return agent;
}
