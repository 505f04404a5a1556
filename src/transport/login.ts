import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SshLogin } from '../config/config.js';
import { KmonError } from '../errors/kmon-error.js';
import { expandHome, readSshConfig, sshConfigReader } from './ssh-config.js';
import type { SshConfigReader, SshHostConfig } from './ssh-config.js';

/** What this computer and its user bring along: the same for all machines of a run. */
export interface Surroundings {
  readonly home: string;
  readonly localUser: string;
  /** Socket of the ssh agent. */
  readonly agentSocket?: string;
  /** ssh configuration in the order of reading: the user's, then the computer's. */
  readonly sshConfigFiles: readonly string[];
  /** Reads them. Default: anew for every machine. */
  readonly read?: SshConfigReader;
}

/** The private key of a login and who asked for it: one that kmon.yaml names must be there, the others may be missing. */
export interface KeyFile {
  readonly file: string;
  readonly from: 'kmon.yaml' | 'ssh config' | 'default';
}

/** Where and how to log in: kmon.yaml, then ~/.ssh/config, then the defaults. All paths are absolute. */
export interface ResolvedLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The name the machine has in known_hosts. */
  readonly knownAs: { readonly host: string; readonly port: number };
  /** Files of known hosts besides those of kmon.yaml. */
  readonly knownHostsFiles: readonly string[];
  readonly keys: readonly KeyFile[];
  readonly agentSocket?: string;
  /** Only keys that a key file names, even when the agent has more. */
  readonly identitiesOnly: boolean;
  readonly passwordFile?: string;
  /** The machine to go through. */
  readonly via?: ResolvedLogin;
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'] as const;
/** More hops than this are a circle. */
const MAX_HOPS = 8;

export function surroundings(env: NodeJS.ProcessEnv = process.env): Surroundings {
  const home = homedir();
  const socket = env['SSH_AUTH_SOCK'];
  return {
    home,
    localUser: localUser(env),
    ...(socket === undefined || socket === '' ? {} : { agentSocket: socket }),
    sshConfigFiles: [join(home, '.ssh/config'), '/etc/ssh/ssh_config'],
    read: sshConfigReader(),
  };
}

/** @throws KmonError `config` for an ssh configuration that cannot be used (ProxyCommand, a circle of jump hosts). */
export function resolveLogin(login: SshLogin, around: Surroundings): ResolvedLogin {
  return resolve(login, undefined, around, 0);
}

/** `undefined` for jumps: what the ssh configuration says. */
function resolve(
  login: SshLogin,
  jumps: readonly SshLogin[] | undefined,
  around: Surroundings,
  depth: number,
): ResolvedLogin {
  if (depth > MAX_HOPS) {
    throw new KmonError('config', `the jump hosts of ${login.host} go in a circle`, {
      hint: 'correct ProxyJump in ~/.ssh/config',
    });
  }
  const said = readSshConfig({ files: around.sshConfigFiles, ...around }, login.host, login.user);
  const host = tokens(said.hostName ?? login.host, { h: login.host });
  const user = login.user ?? said.user ?? around.localUser;
  const port = login.port ?? said.port ?? 22;
  const expand = (path: string): string =>
    expandHome(
      tokens(path, {
        h: host,
        n: login.host,
        p: String(port),
        r: user,
        u: around.localUser,
        d: around.home,
      }),
      around.home,
    );
  const hops = jumps ?? jumpsOf(said, login, host, port);
  const last = hops.at(-1);
  const agentSocket = agentOf(said, around, expand);
  return {
    host,
    port,
    user,
    knownAs: said.hostKeyAlias === undefined ? { host, port } : { host: said.hostKeyAlias, port: 22 },
    knownHostsFiles: (said.userKnownHostsFiles ?? []).filter((f) => f !== 'none').map(expand),
    keys: keysOf(login, said, around, expand),
    ...(agentSocket === undefined ? {} : { agentSocket }),
    identitiesOnly: said.identitiesOnly ?? false,
    ...(login.passwordFile === undefined ? {} : { passwordFile: login.passwordFile }),
    // The last jump is reached through those before it; the first one as its own configuration says.
    ...(last === undefined
      ? {}
      : { via: resolve(last, hops.length > 1 ? hops.slice(0, -1) : undefined, around, depth + 1) }),
  };
}

function keysOf(
  login: SshLogin,
  said: SshHostConfig,
  around: Surroundings,
  expand: (path: string) => string,
): readonly KeyFile[] {
  const keys: KeyFile[] = login.keyFile === undefined ? [] : [{ file: login.keyFile, from: 'kmon.yaml' }];
  const files = said.identityFiles.filter((f) => f !== 'none').map(expand);
  if (said.identityFiles.length > 0)
    keys.push(...files.map((file): KeyFile => ({ file, from: 'ssh config' })));
  else
    keys.push(
      ...DEFAULT_KEYS.map((name): KeyFile => ({ file: join(around.home, '.ssh', name), from: 'default' })),
    );
  return keys.filter((key, i) => keys.findIndex((k) => k.file === key.file) === i);
}

function agentOf(
  said: SshHostConfig,
  around: Surroundings,
  expand: (path: string) => string,
): string | undefined {
  const agent = said.identityAgent;
  if (agent === undefined || agent === 'SSH_AUTH_SOCK') return around.agentSocket;
  return agent === 'none' ? undefined : expand(agent);
}

function jumpsOf(said: SshHostConfig, login: SshLogin, host: string, port: number): readonly SshLogin[] {
  if (said.proxyCommand !== undefined && said.proxyCommand !== 'none') {
    throw new KmonError(
      'config',
      `the ssh configuration reaches ${login.host} by a ProxyCommand, which kmon does not run`,
      {
        hint: 'write a ProxyJump for it in ~/.ssh/config',
      },
    );
  }
  const jump = said.proxyJump;
  if (jump === undefined || jump.toLowerCase() === 'none') return [];
  const hops = jump.split(',').map((hop) => parseJump(hop.trim()));
  // `Host *` with a ProxyJump means the jump host as well: it is not reached through itself.
  const own = hops.some((hop) => [login.host, host].includes(hop.host) && (hop.port ?? port) === port);
  return own ? [] : hops;
}

function parseJump(text: string): SshLogin {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?\/?$/.exec(text);
  const host = match?.[2]?.replace(/^\[(.*)\]$/, '$1');
  if (host === undefined) {
    throw new KmonError('config', `ProxyJump ${text} is no [user@]host[:port]`, {
      hint: 'correct ProxyJump in ~/.ssh/config',
    });
  }
  return {
    host,
    ...(match?.[1] === undefined ? {} : { user: match[1] }),
    ...(match?.[3] === undefined ? {} : { port: Number(match[3]) }),
  };
}

/** `%h`-like tokens; one that is not known stays as it is. */
function tokens(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/%(.)/g, (whole, name: string) => (name === '%' ? '%' : (values[name] ?? whole)));
}

function localUser(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as in some containers.
    return env['USER'] ?? 'root';
  }
}
