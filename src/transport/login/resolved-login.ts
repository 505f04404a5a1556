import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SshLogin } from '../../config/config.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Platform } from '../../here/platform/platform.js';
import { thisPlatform } from '../../here/platform/this-platform.js';
import { matchExec } from '../ssh-config/match-exec.js';
import type { MatchExec } from '../ssh-config/match-exec.js';
import { readSshConfig } from '../ssh-config/ssh-config.js';
import { sshConfigReader } from '../ssh-config/lines.js';
import type { SshConfigReader } from '../ssh-config/lines.js';
import type { SshHostConfig } from '../ssh-config/host-config.js';

/** What this computer and its user bring along: the same for all machines of a run. */
export interface Surroundings {
  readonly home: string;
  readonly localUser: string;
  /** Socket of the ssh agent. */
  readonly agentSocket?: string;
  /** ssh configuration in the order of reading: the user's, then the computer's. */
  readonly sshConfigFiles: readonly string[];
  /** Files of known hosts of the whole computer, unless the configuration names others. */
  readonly globalKnownHostsFiles?: readonly string[];
  /** For `${NAME}` in the configuration. */
  readonly env?: NodeJS.ProcessEnv;
  /** Reads the files. Default: anew for every machine. */
  readonly read?: SshConfigReader;
  /** Runs what the configuration decides by. Default: nothing. */
  readonly exec?: MatchExec;
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
  /** What the ssh configuration has beside these to log in with, and kmon nothing for: CertificateFile, … */
  readonly unused?: readonly string[];
  /** What host keys to take, as HostKeyAlgorithms says. */
  readonly hostKeyAlgorithms?: string;
  /** A host key that is not known yet is refused (StrictHostKeyChecking yes). */
  readonly strictHostKeys?: boolean;
  /** For TCP, and again for SSH's handshake. */
  readonly connectTimeoutMs?: number;
  /** The address of this computer to connect from. */
  readonly bindAddress?: string;
  readonly addressFamily?: 4 | 6;
  readonly passwordFile?: string;
  /** The machine to go through. */
  readonly via?: ResolvedLogin;
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'] as const;
/** More hops than this are a circle. */
const MAX_HOPS = 8;

export function surroundings(
  env: NodeJS.ProcessEnv = process.env,
  platform: Platform = thisPlatform,
): Surroundings {
  const home = homedir();
  const join = (...parts: readonly string[]): string => platform.path.join(...parts);
  const named = env['SSH_AUTH_SOCK'];
  const agent = named === undefined || named === '' ? platform.usualAgent : named;
  const computers = platform.sshFolder(env);
  return {
    home,
    localUser: localUser(env),
    ...(agent === undefined ? {} : { agentSocket: platform.agentPath(agent) }),
    sshConfigFiles: [join(home, '.ssh', 'config'), join(computers, 'ssh_config')],
    globalKnownHostsFiles: [join(computers, 'ssh_known_hosts'), join(computers, 'ssh_known_hosts2')],
    env,
    read: sshConfigReader(),
    exec: matchExec(env),
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
  const said = readSshConfig({ files: around.sshConfigFiles, ...around }, login.host, login);
  const { host } = said;
  const user = login.user ?? said.user ?? around.localUser;
  const port = login.port ?? said.port ?? 22;
  const hops = jumps ?? jumpsOf(said, login, { user, port });
  const last = hops.at(-1);
  const agentSocket = agentOf(said, around);
  return {
    host,
    port,
    user,
    knownAs: said.hostKeyAlias === undefined ? { host, port } : { host: said.hostKeyAlias, port: 22 },
    knownHostsFiles: [
      ...(said.userKnownHostsFiles ?? []),
      ...(said.globalKnownHostsFiles ?? around.globalKnownHostsFiles ?? []),
    ],
    keys: keysOf(login, said, around),
    ...(agentSocket === undefined ? {} : { agentSocket }),
    identitiesOnly: said.identitiesOnly ?? false,
    ...(said.unused.length === 0 ? {} : { unused: said.unused }),
    ...(said.hostKeyAlgorithms === undefined ? {} : { hostKeyAlgorithms: said.hostKeyAlgorithms }),
    ...(said.strictHostKeys === true ? { strictHostKeys: true } : {}),
    ...(said.connectTimeoutMs === undefined ? {} : { connectTimeoutMs: said.connectTimeoutMs }),
    ...(said.bindAddress === undefined ? {} : { bindAddress: said.bindAddress }),
    ...(said.addressFamily === undefined ? {} : { addressFamily: said.addressFamily }),
    ...(login.passwordFile === undefined ? {} : { passwordFile: login.passwordFile }),
    // The last jump is reached through those before it; the first one as its own configuration says.
    ...(last === undefined
      ? {}
      : { via: resolve(last, hops.length > 1 ? hops.slice(0, -1) : undefined, around, depth + 1) }),
  };
}

/** Without PubkeyAuthentication only the key that kmon.yaml names, which has the last word. */
function keysOf(login: SshLogin, said: SshHostConfig, around: Surroundings): readonly KeyFile[] {
  const own: KeyFile[] = login.keyFile === undefined ? [] : [{ file: login.keyFile, from: 'kmon.yaml' }];
  if (said.publicKeys === false) return own;
  const keys: readonly KeyFile[] = [
    ...own,
    ...(said.identityFiles?.map((file): KeyFile => ({ file, from: 'ssh config' })) ??
      DEFAULT_KEYS.map((name): KeyFile => ({ file: join(around.home, '.ssh', name), from: 'default' }))),
  ];
  return keys.filter((key, i) => keys.findIndex((k) => k.file === key.file) === i);
}

function agentOf(said: SshHostConfig, around: Surroundings): string | undefined {
  const agent = said.publicKeys === false ? 'none' : said.identityAgent;
  if (agent === undefined || agent === 'SSH_AUTH_SOCK') return around.agentSocket;
  return agent === 'none' ? undefined : thisPlatform.agentPath(agent);
}

function jumpsOf(
  said: SshHostConfig,
  login: SshLogin,
  { user, port }: { readonly user: string; readonly port: number },
): readonly SshLogin[] {
  if (said.proxyCommand !== undefined && said.proxyCommand.toLowerCase() !== 'none') {
    throw new KmonError(
      'config',
      `the ssh configuration reaches ${login.host} by a ProxyCommand, which kmon does not run`,
      {
        hint: 'write a ProxyJump for it in ~/.ssh/config',
      },
    );
  }
  const hops = said.jumps ?? [];
  // `Host *` with a ProxyJump means the jump host as well. ssh gives up there ("jumphost loop"); kmon goes straight.
  const [first, ...more] = hops;
  const own =
    first !== undefined &&
    more.length === 0 &&
    [login.host, said.host].includes(first.host) &&
    (first.port ?? port) === port &&
    (first.host === login.host || first.user === undefined || first.user === user);
  return own ? [] : hops;
}

function localUser(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as in some containers.
    return env['USER'] ?? 'root';
  }
}
