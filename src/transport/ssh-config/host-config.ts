import { isIP } from 'node:net';
import type { SshLogin } from '../../config/config.js';
import { KmonError } from '../../errors/kmon-error.js';
import { parseJumps } from '../proxy-jump.js';
import { canonicalizes, explained, jumpHost, one, userNow } from './found.js';
import type { Found, Query, SshConfigPlace, Value } from './found.js';
import { wrongAt } from './lines.js';
import { seconds } from './values.js';
import { connectionTokens, expandHome, replaceAll } from './tokens.js';

/** What ~/.ssh/config says of one host. Paths are expanded. Absent: not said. */
export interface SshHostConfig {
  /** Where to connect to, in small letters: HostName, or the host itself. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** Empty: none, not even the usual ones. */
  readonly identityFiles?: readonly string[];
  readonly identitiesOnly?: boolean;
  /** The path of a socket; `SSH_AUTH_SOCK`: that of the environment; `none`: no agent. */
  readonly identityAgent?: string;
  /** First hop first; empty: straight, whatever the machines of the room do. */
  readonly jumps?: readonly SshLogin[];
  readonly proxyCommand?: string;
  readonly hostKeyAlias?: string;
  readonly userKnownHostsFiles?: readonly string[];
  readonly globalKnownHostsFiles?: readonly string[];
  /** As written: a list, or with `+`, `-` or `^` a change of the usual one. */
  readonly hostKeyAlgorithms?: string;
  readonly strictHostKeys?: boolean;
  readonly publicKeys?: boolean;
  readonly connectTimeoutMs?: number;
  readonly bindAddress?: string;
  readonly addressFamily?: 4 | 6;
  /** Settings about identities that kmon has nothing for, as people write them. */
  readonly unused: readonly string[];
}

export function hostConfig(query: Query, found: Found, host: string): SshHostConfig {
  const { place, asked } = query;
  refuseOtherWays(query, found, host);
  const text = (key: string): string | undefined => one(found, key);
  const port = text('port');
  const alias = text('hostkeyalias')?.toLowerCase();
  const jump = text('proxyjump');
  const command = text('proxycommand');
  const connection = {
    host,
    originalHost: query.host,
    port: asked.port ?? Number(port ?? 22),
    user: userNow(query, found),
    hostKeyAlias: alias,
    jumpHost: jumpHost(found),
  };
  const tokens = connectionTokens(connection, place, query.host);
  const path = (written: string, where: string): string =>
    explained(
      () => replaceAll(expandHome(written, place.home), tokens, place.env ?? {}),
      (what) => wrongAt(where, what),
    );
  const paths = (value: Value | undefined): readonly string[] | undefined =>
    value?.words.flatMap((word) => (word.toLowerCase() === 'none' ? [] : [path(word, value.where)]));
  const agent = found.values.get('identityagent');
  const timeout = seconds(text('connecttimeout') ?? '');
  const keys = text('pubkeyauthentication');
  const isYes = (key: string): boolean | undefined => {
    const said = text(key);
    return said === undefined ? undefined : /^(yes|true)$/i.test(said);
  };
  const family = text('addressfamily')?.toLowerCase();
  return {
    host,
    ...optional('user', text('user')),
    ...optional('port', port === undefined ? undefined : Number(port)),
    ...optional(
      'identityFiles',
      found.identityFiles.length === 0 ? undefined : found.identityFiles.flatMap((v) => paths(v) ?? []),
    ),
    ...optional('identitiesOnly', isYes('identitiesonly')),
    ...optional('identityAgent', agent === undefined ? undefined : agentOf(agent, path, place)),
    ...optional('jumps', jump === undefined ? undefined : parseJumps(jump)),
    ...optional('proxyCommand', command),
    ...optional('hostKeyAlias', alias),
    ...optional('userKnownHostsFiles', paths(found.values.get('userknownhostsfile'))),
    ...optional(
      'globalKnownHostsFiles',
      found.values.get('globalknownhostsfile')?.words.filter((word) => word.toLowerCase() !== 'none'),
    ),
    ...optional('hostKeyAlgorithms', text('hostkeyalgorithms')),
    ...optional('strictHostKeys', isYes('stricthostkeychecking')),
    ...optional('publicKeys', keys === undefined ? undefined : !/^(no|false)$/i.test(keys)),
    ...optional('connectTimeoutMs', timeout === undefined || timeout === 0 ? undefined : timeout * 1000),
    ...optional('bindAddress', text('bindaddress')),
    ...(family === 'inet' ? { addressFamily: 4 } : family === 'inet6' ? { addressFamily: 6 } : {}),
    unused: UNUSED.filter(([key]) => (text(key) ?? 'none').toLowerCase() !== 'none').map(([, name]) => name),
  };
}

/** Ways to prove who one is that kmon does not go. */
const UNUSED = [
  ['certificatefile', 'CertificateFile'],
  ['pkcs11provider', 'PKCS11Provider'],
  ['securitykeyprovider', 'SecurityKeyProvider'],
] as const;

/** `$NAME` alone is OpenSSH's old form; a variable that is not set means no agent. */
function agentOf(
  { words, where }: Value,
  path: (written: string, where: string) => string,
  { env = {} }: SshConfigPlace,
): string {
  const [written = ''] = words;
  const variable = /^\$(\w+)$/.exec(written)?.[1];
  if (variable !== undefined) return env[variable] ?? 'none';
  return written === 'none' || written === 'SSH_AUTH_SOCK' ? written : path(written, where);
}

/** What kmon has nothing for, and what would lead elsewhere, or past a check, if it were passed over in silence. */
function refuseOtherWays(query: Query, found: Found, host: string): void {
  const refuse = (key: string, what: string, hint: string): void => {
    const said = found.values.get(key);
    if (said === undefined || said.words[0]?.toLowerCase() === 'none') return;
    throw new KmonError(
      'config',
      `${said.where}: the ssh configuration ${what} ${query.host}, which kmon does not`,
      {
        hint: `${hint} (Host, Match) in the ssh configuration`,
      },
    );
  };
  refuse('bindinterface', 'names a BindInterface for', 'write a BindAddress instead');
  refuse(
    'revokedhostkeys',
    'names a file of RevokedHostKeys for',
    'mark the keys as @revoked in known_hosts instead',
  );
  const dots = host.split('.').length - 1;
  if (
    canonicalizes(found) &&
    isIP(host) === 0 &&
    dots <= Number(one(found, 'canonicalizemaxdots') ?? 1) &&
    (/^always$/i.test(one(found, 'canonicalizehostname') ?? '') || isDirect(found))
  ) {
    refuse('canonicaldomains', 'looks for the domain (CanonicalizeHostname) of', 'write a HostName');
  }
}

function isDirect(found: Found): boolean {
  return [one(found, 'proxyjump'), one(found, 'proxycommand')].every(
    (v) => (v ?? 'none').toLowerCase() === 'none',
  );
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
