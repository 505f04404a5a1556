import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { inHome } from '../../here/platform/in-home.js';
import type { Platform } from '../../here/platform/platform.js';
import { thisPlatform } from '../../here/platform/this-platform.js';

/** What is known of a connection when its tokens are replaced. */
export interface Connection {
  readonly host: string;
  /** As the person wrote it. */
  readonly originalHost: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias?: string | undefined;
  readonly jumpHost?: string | undefined;
}

export interface Client {
  readonly home: string;
  readonly localUser: string;
}

export type Tokens = Readonly<Record<string, string>>;

/** The tokens that OpenSSH has for paths and commands. @param alias what `%k` is where there is no HostKeyAlias */
export function connectionTokens(c: Connection, { home, localUser }: Client, alias: string): Tokens {
  const here = hostname();
  const port = String(c.port);
  const jump = c.jumpHost ?? '';
  return {
    C: createHash('sha1').update([here, c.host, port, c.user, jump].join('')).digest('hex'),
    L: here.replace(/\..*$/s, ''),
    d: home,
    h: c.host,
    i: String(thisPlatform.userNumber ?? ''),
    j: jump,
    k: c.hostKeyAlias ?? alias,
    l: here,
    n: c.originalHost,
    p: port,
    r: c.user,
    u: localUser,
  };
}

/** @throws RangeError that says which token is not known */
export function replaceTokens(text: string, tokens: Tokens): string {
  return text.replaceAll(/%(.?)/gs, (whole, name: string) => {
    const value = name === '%' ? '%' : tokens[name];
    if (value === undefined) throw new RangeError(`${whole} is no token here`);
    return value;
  });
}

/** Tokens and `${NAME}` of the environment, in one pass. @throws RangeError for a token that is not known, a variable that is not set */
export function replaceAll(text: string, tokens: Tokens, env: NodeJS.ProcessEnv): string {
  return text.replaceAll(/%.?|\$\{([^}]*)\}?/gs, (part, name: string | undefined) => {
    if (name === undefined) return replaceTokens(part, tokens);
    const value = part.endsWith('}') && /^\w+$/.test(name) ? env[name] : undefined;
    if (value === undefined) throw new RangeError(`${part} has no value in the environment`);
    return value;
  });
}

/** `~` and `~/…` are the home folder. @throws RangeError for somebody else's */
export function expandHome(
  path: string,
  home: string,
  platform: Pick<Platform, 'path' | 'name'> = thisPlatform,
): string {
  const expanded = inHome(path, home, platform);
  if (path.startsWith('~') && expanded === undefined)
    throw new RangeError(`${path} is in another user's home folder: write the whole path`);
  return expanded ?? path;
}
