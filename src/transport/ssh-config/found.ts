import { isIP } from 'node:net';
import type { KmonError } from '../../errors/kmon-error.js';
import type { MatchExec } from './match-exec.js';
import { parseJumps } from '../proxy-jump.js';
import { wrongAt } from './lines.js';
import type { SshConfigReader } from './lines.js';
import { replaceTokens } from './tokens.js';

/** What was asked for before the configuration is read, and so wins. */
export interface Asked {
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

export interface SshConfigPlace {
  /** Read in this order, the first value of a setting wins; a missing file is an empty one. */
  readonly files: readonly string[];
  readonly home: string;
  readonly localUser: string;
  /** For `${NAME}`. Default: empty. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where several hosts are looked up. Default: every file is read anew. */
  readonly read?: SshConfigReader;
  /** Default: no command is satisfied. */
  readonly exec?: MatchExec;
}

export interface Value {
  readonly words: readonly string[];
  /** File and line. */
  readonly where: string;
}

export interface Found {
  readonly values: Map<string, Value>;
  readonly identityFiles: Value[];
  /** `Match final` stands somewhere: everything is read a second time. */
  finalWanted: boolean;
}

export interface Query {
  readonly host: string;
  readonly asked: Asked;
  readonly place: SshConfigPlace;
  readonly read: SshConfigReader;
  readonly final: boolean;
}

/** A criterion that kmon cannot know, with its place: what stands behind it may apply or not. */
interface Unknown {
  readonly unknown: string;
}
export type Applies = boolean | Unknown;

export function both(one: Applies, other: Applies): Applies {
  if (one === false || other === false) return false;
  return one === true ? other : one;
}

/** What the patterns of Host are for: in the second reading it is the real name. */
export function nameFor({ host, final }: Query, found: Found): string {
  return final ? (one(found, 'hostname') ?? host) : host;
}

export function userNow({ asked, place }: Query, found: Found): string {
  return asked.user ?? one(found, 'user') ?? place.localUser;
}

export function hostNow({ host, final }: Query, found: Found): string {
  const said = found.values.get('hostname');
  const name = said?.words[0];
  if (said === undefined || name === undefined) return host;
  if (final) return name;
  return explained(
    () => replaceTokens(name, { h: host }),
    (what) => wrongAt(said.where, what),
  );
}

/** As OpenSSH does: names in small letters, addresses (of the family that is asked for) in their usual form. */
export function canonical(host: string, family = 'any'): string {
  const lower = host.toLowerCase();
  if (family.toLowerCase() === (isIP(lower) === 6 ? 'inet' : 'inet6'))
    return isIP(lower) === 6 ? host : lower;
  const numeric = /^[\da-fx.]*\d[\da-fx.]*$/.test(lower);
  const url = isIP(lower) === 6 ? `http://[${lower}]/` : `http://${lower}/`;
  if (!(numeric || isIP(lower) === 6) || !URL.canParse(url)) return lower;
  const known = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return isIP(known) === 0 ? lower : known;
}

export function canonicalizes(found: Found): boolean {
  return /^(yes|always|true)$/i.test(one(found, 'canonicalizehostname') ?? '');
}

export function one(found: Found, key: string): string | undefined {
  return found.values.get(key)?.words[0];
}

export function jumpHost(found: Found): string | undefined {
  return parseJumps(one(found, 'proxyjump') ?? 'none')?.at(-1)?.host;
}

/** @param bad makes an error of what is wrong with tokens and variables */
export function explained(work: () => string, bad: (what: string) => KmonError): string {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? bad(error.message) : error;
  }
}
