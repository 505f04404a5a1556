import { createHash, createHmac } from 'node:crypto';
import { matchesPatterns } from '../ssh-config/patterns.js';

/** One line of a known_hosts file that pins (or revokes) a key. */
export interface KnownHost {
  /** Where it stands, for people: file and line. */
  readonly file: string;
  readonly line: number;
  readonly revoked: boolean;
  readonly hosts: HostPattern;
  readonly type: string;
  readonly key: Buffer;
}

export type HostPattern =
  | { readonly kind: 'hashed'; readonly salt: Buffer; readonly hash: Buffer }
  | { readonly kind: 'plain'; readonly patterns: readonly string[] };

/**
 * What the known keys say of one that a machine shows. `changed` also when the machine is known by keys of another type only: whoever
 * poses as the machine could offer just that type.
 */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly by: KnownHost }
  | { readonly kind: 'revoked'; readonly by: KnownHost };

/**
 * Reads OpenSSH's known_hosts format. Certificate authorities are left out (kmon checks keys, not certificates); so are lines that are
 * no entries: one bad line must not make the others unknown.
 */
export function parseKnownHosts(text: string, file: string): readonly KnownHost[] {
  return text.split('\n').flatMap((line, i) => parseLine(line, file, i + 1) ?? []);
}

function parseLine(text: string, file: string, line: number): KnownHost | undefined {
  const words = text.trim().split(/\s+/);
  if (words[0]?.startsWith('#') === true) return undefined;
  const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined;
  if (marker !== undefined && marker !== '@revoked') return undefined;
  const [names, type, encoded] = words;
  if (names === undefined || type === undefined || encoded === undefined) return undefined;
  const key = Buffer.from(encoded, 'base64');
  // Every key begins with its own type: anything else is damaged, or something that is not a key.
  if (keyType(key) !== type) return undefined;
  const hosts = parseHosts(names);
  return hosts === undefined ? undefined : { file, line, revoked: marker === '@revoked', hosts, type, key };
}

function parseHosts(names: string): HostPattern | undefined {
  if (!names.startsWith('|')) return { kind: 'plain', patterns: names.toLowerCase().split(',') };
  const [, version, salt, hash] = names.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return undefined;
  return { kind: 'hashed', salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

/** The name a machine has in known_hosts: with its port only when that is not 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** What is known of the machine, whatever the key. */
export function entriesFor(known: readonly KnownHost[], host: string, port: number): readonly KnownHost[] {
  const name = knownHostName(host, port);
  return known.filter((entry) => namesHost(entry.hosts, name));
}

/**
 * What counts for a machine: where the room's own pins know it, these alone, and what was revoked anywhere. An old line in another file may be of a
 * machine that had this address once.
 */
export function deciding(
  own: readonly KnownHost[],
  all: readonly KnownHost[],
  host: string,
  port: number,
): readonly KnownHost[] {
  const knows = entriesFor(own, host, port).some((entry) => !entry.revoked);
  return knows ? [...own, ...all.filter((entry) => entry.revoked)] : all;
}

/** Types of the keys a machine is known by, without repetition: what to ask it for first. */
export function knownTypes(known: readonly KnownHost[], host: string, port: number): readonly string[] {
  return [...new Set(entriesFor(known, host, port).flatMap((entry) => (entry.revoked ? [] : [entry.type])))];
}

export function judgeHostKey(
  known: readonly KnownHost[],
  host: string,
  port: number,
  key: Buffer,
): HostKeyVerdict {
  const entries = entriesFor(known, host, port);
  const revoked = entries.find((entry) => entry.revoked && entry.key.equals(key));
  if (revoked !== undefined) return { kind: 'revoked', by: revoked };
  const pinned = entries.filter((entry) => !entry.revoked);
  if (pinned.some((entry) => entry.key.equals(key))) return { kind: 'known' };
  const other = pinned.find((entry) => entry.type === keyType(key)) ?? pinned[0];
  return other === undefined ? { kind: 'unknown' } : { kind: 'changed', by: other };
}

/** A line for known_hosts, with its end. */
export function formatKnownHost(host: string, port: number, key: Buffer): string {
  return `${knownHostName(host, port)} ${keyType(key)} ${key.toString('base64')}\n`;
}

/** As `ssh-keygen -l` prints it: SHA256, base64 without padding. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type written into a key's own wire form; empty when it is none. */
export function keyType(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length > 0 && length <= 64 && key.length >= 4 + length ? key.toString('latin1', 4, 4 + length) : '';
}

function namesHost(hosts: HostPattern, name: string): boolean {
  if (hosts.kind === 'hashed') return createHmac('sha1', hosts.salt).update(name).digest().equals(hosts.hash);
  return matchesPatterns(name, hosts.patterns);
}
