import type { Duplex } from 'node:stream';
import type { Config } from '../config/config.js';
import { KmonError } from '../errors/kmon-error.js';
import type { ErrorCode } from '../errors/exit-codes.js';
import { hostKeys } from './host-keys/host-keys.js';
import type { NewHostKey } from './host-keys/host-keys.js';
import { identitiesOnce } from './login/identities.js';
import { logIn } from './login/log-in.js';
import { resolveLogin, surroundings } from './login/resolved-login.js';
import type { ResolvedLogin, Surroundings } from './login/resolved-login.js';
import { onAbort } from './on-abort.js';
import { askOnce } from './login/prompts.js';
import type { Prompts } from './login/prompts.js';
import { slots } from './slots.js';
import { NotBegun } from './ssh-connection.js';
import type { Listening, SshConnection } from './ssh-connection.js';
import type { Transport } from './transport.js';

const CONNECT_TIMEOUT_MS = 10_000;
/** More handshakes at once make none of them faster: two cores are busy with a handful. */
const HANDSHAKES_AT_ONCE = 30;

export interface PoolOptions {
  readonly config: Pick<Config, 'logins' | 'stateDir' | 'knownHostsFiles' | 'hostKeys'>;
  readonly prompts: Prompts;
  /** Called after a machine's key was pinned for the first time. */
  readonly onNewHostKey?: (key: NewHostKey) => void;
  /** Ends connecting; commands have a signal of their own. */
  readonly signal?: AbortSignal;
  /** Home folder, user, agent and ssh configuration; those of this process when absent. */
  readonly around?: Surroundings;
  /** Longest time for TCP, and again for SSH's handshake. Default 10 s. */
  readonly connectTimeoutMs?: number;
}

/**
 * One SSH connection a machine, opened when first needed and kept. A connection that broke is opened again by the next command; the
 * command that was under way is never repeated. A refused login or a wrong host key is final for the run: the same answer is given
 * again without asking the machine, since repeated attempts can lock an account.
 */
export interface Pool {
  /** The way to a machine; opens nothing yet. Its `close` closes the machine's connection; a later `exec` opens a new one. */
  transport(machine: string): Required<Transport>;
  /** Connects now, with all the questions that may need. Rejects with KmonError. */
  open(machine: string): Promise<void>;
  /**
   * Listens on a port of the machine's loopback; `accept` is given each connection that is made to it there. When the machine is connected to
   * anew, the same port is opened again if that can be. Rejects with KmonError, `precondition` when the machine's SSH server does not forward.
   */
  listen(machine: string, accept: (stream: Duplex) => void): Promise<Listening>;
  /** A TCP connection made by the machine to where it says. Rejects with KmonError; see `SshConnection.forward`. */
  forward(machine: string, host: string, port: number): Promise<Duplex>;
  /** Where and as whom kmon logs in. @throws KmonError `config` */
  login(machine: string): ResolvedLogin;
  /** Closes every connection and ends connecting; never rejects. The pool opens nothing afterwards. */
  close(): Promise<void>;
}

/** A second attempt would be the same, and may do harm. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'login-refused',
  'host-key-changed',
  'host-key-unknown',
  'config',
]);

export function openPool(options: PoolOptions): Pool {
  const around = options.around ?? surroundings();
  const ask = askOnce(options.prompts);
  const keys = hostKeys(options.config, options.onNewHostKey ?? (() => undefined));
  const identities = identitiesOnce();
  const handshakes = slots(HANDSHAKES_AT_ONCE);
  const links = new Map<string, Link>();
  const doors = new Map<string, Door>();
  const closing = new AbortController();
  const signal =
    options.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal]);

  const login = (machine: string): ResolvedLogin => {
    const written = options.config.logins[machine];
    if (written === undefined) throw new KmonError('bug', `no login is known for ${machine}`);
    return resolveLogin(written, around);
  };

  const connect = async (machine: string, to: ResolvedLogin): Promise<SshConnection> => {
    const { via } = to;
    return logIn({
      machine,
      login: to,
      hostKey: await keys.for(machine, to),
      identities: () => identities(to),
      connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      ask,
      inSlot: (work) => handshakes.run(work),
      signal,
      ...(via === undefined ? {} : { stream: () => through(via, to, machine) }),
    });
  };

  // Jump hosts are shared by all machines behind them.
  const through = async (via: ResolvedLogin, to: ResolvedLogin, machine: string): Promise<Duplex> => {
    const link = linkOf(links, `jump ${route(via)}`);
    try {
      const jump = await link.get(() => connect(via.host, via));
      return await jump.forward(to.host, to.port);
    } catch (error) {
      throw error instanceof KmonError ? throughJump(error, via, machine) : error;
    }
  };

  const connectionTo = async (machine: string): Promise<SshConnection> => {
    if (closing.signal.aborted)
      throw new KmonError('connection-lost', 'the connection was closed before', { machine });
    return linkOf(links, `machine ${machine}`).get(async () => {
      const connection = await connect(machine, login(machine));
      await reopen(connection, doors.get(machine));
      return connection;
    });
  };

  return {
    login,
    open: async (machine) => {
      await connectionTo(machine);
    },
    async listen(machine, accept) {
      const open = await (await connectionTo(machine)).listen(accept);
      const door: Door = { accept, open };
      doors.set(machine, door);
      return {
        port: open.port,
        close: () => {
          doors.delete(machine);
          return door.open.close();
        },
      };
    },
    forward: async (machine, host, port) => (await connectionTo(machine)).forward(host, port),
    transport: (machine) => {
      const by = async <T>(
        signal: AbortSignal | undefined,
        run: (connection: SshConnection) => Promise<T>,
      ): Promise<T> => {
        const connected = (): Promise<SshConnection> => unlessAborted(connectionTo(machine), machine, signal);
        const first = await connected();
        try {
          return await run(first);
        } catch (error) {
          // It waited for its turn when the connection ended: running it now is no repetition.
          if (!(error instanceof KmonError && error.cause instanceof NotBegun)) throw error;
          return await run(await connected());
        }
      };
      return {
        exec: (wire, options) => by(options?.signal, (c) => c.exec(wire, options)),
        inShell: (shell, script, options) => by(options?.signal, (c) => c.inShell(shell, script, options)),
        close: () => linkOf(links, `machine ${machine}`).close(),
      };
    },
    async close() {
      closing.abort();
      const all = [...links];
      const isJump = ([name]: readonly [string, Link]): boolean => name.startsWith('jump ');
      // The machines first: their connections run through those of the jump hosts.
      await Promise.all(all.filter((l) => !isJump(l)).map(([, link]) => link.close()));
      for (const [, link] of all.filter(isJump).toReversed()) await link.close();
    },
  };
}

/** A port of a machine that is listened on, by whichever connection there is. */
interface Door {
  readonly accept: (stream: Duplex) => void;
  open: Listening;
}

/** Whoever was told of the port goes on with it. Where the old connection still has it, they find nobody there, as without any. */
async function reopen(connection: SshConnection, door: Door | undefined): Promise<void> {
  if (door === undefined) return;
  door.open = await connection.listen(door.accept, door.open.port).catch(() => door.open);
}

/** A connection that is made when asked for, kept while it lives, and made anew after it broke. */
interface Link {
  get(make: () => Promise<SshConnection>): Promise<SshConnection>;
  close(): Promise<void>;
}

function linkOf(links: Map<string, Link>, name: string): Link {
  const known = links.get(name);
  if (known !== undefined) return known;
  const link = newLink();
  links.set(name, link);
  return link;
}

function newLink(): Link {
  let current: Promise<SshConnection> | undefined;
  const again = (make: () => Promise<SshConnection>): Promise<SshConnection> => {
    const made = make();
    current = made;
    made.catch((error: unknown) => {
      if (current === made && !(error instanceof KmonError && FINAL.has(error.code))) current = undefined;
    });
    return made;
  };
  return {
    async get(make) {
      const before = current;
      if (before === undefined) return again(make);
      const connection = await before;
      if (connection.fresh) return connection;
      connection.retire();
      // Whoever comes first makes the new one; the others find it here.
      return current === before || current === undefined ? again(make) : current;
    },
    async close() {
      const before = current;
      current = undefined;
      const connection = await before?.catch(() => undefined);
      await connection?.close();
    },
  };
}

function unlessAborted<T>(work: Promise<T>, machine: string, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopListening = onAbort(signal, () => {
      reject(new KmonError('interrupted', 'stopped while connecting', { machine }));
    });
    work.then(resolve, reject).finally(stopListening);
  });
}

function route(login: ResolvedLogin): string {
  const here = `${login.user}@${login.host}:${login.port}`;
  return login.via === undefined ? here : `${route(login.via)} ${here}`;
}

function throughJump(error: KmonError, via: ResolvedLogin, machine: string): KmonError {
  return new KmonError(error.code, `jump host ${via.host}: ${error.message}`, {
    machine,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.evidence === undefined ? {} : { evidence: error.evidence }),
    cause: error,
  });
}
