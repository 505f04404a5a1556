import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { KmonError } from '../errors/kmon-error.js';
import { filesMatching } from './file-pattern.js';
import { matchesPatterns } from './patterns.js';

/** What ~/.ssh/config says of one host; paths and tokens as written. Absent: not said. */
export interface SshHostConfig {
  readonly hostName?: string;
  readonly user?: string;
  readonly port?: number;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly?: boolean;
  readonly identityAgent?: string;
  readonly proxyJump?: string;
  readonly proxyCommand?: string;
  readonly hostKeyAlias?: string;
  readonly userKnownHostsFiles?: readonly string[];
}

export interface SshConfigPlace {
  /** Read in this order, the first value of a setting wins; a missing file is an empty one. */
  readonly files: readonly string[];
  readonly home: string;
  readonly localUser: string;
  /** Where several hosts are looked up. Default: every file is read anew. */
  readonly read?: SshConfigReader;
}

/** The settings of a file, in their order. @throws KmonError `config` with file and line for what cannot be read. */
export type SshConfigReader = (file: string) => readonly SshConfigLine[];

/** Reads a file once, however many hosts are looked up in it. */
export function sshConfigReader(): SshConfigReader {
  const known = new Map<string, readonly SshConfigLine[]>();
  return (file) => {
    const lines = known.get(file) ?? parseFile(file);
    known.set(file, lines);
    return lines;
  };
}

/** An Include may include in turn; OpenSSH stops at the same depth. */
const MAX_DEPTH = 16;

/**
 * Resolves a host as `ssh -G` does: Host with `*`, `?` and `!`, Include with patterns, Match by all, host, originalhost, user and
 * localuser. A Match block with other criteria (exec, canonical, final, tagged) does not apply: kmon runs no foreign command to find
 * out how to log in.
 *
 * @param host as the person wrote it
 * @param user the user the person asked for, if any (Match user)
 * @throws KmonError `config` with file and line for what cannot be read.
 */
export function readSshConfig(place: SshConfigPlace, host: string, user?: string): SshHostConfig {
  const found: Found = { values: new Map(), identityFiles: [] };
  const query = { host, user, place, read: place.read ?? parseFile };
  for (const file of place.files) walk(file, dirname(file), true, query, found, 0);
  const one = (key: string): string | undefined => found.values.get(key)?.[0];
  const port = one('port');
  const only = one('identitiesonly');
  return {
    ...optional('hostName', one('hostname')),
    ...optional('user', one('user')),
    ...(port === undefined ? {} : { port: Number(port) }),
    identityFiles: [...new Set(found.identityFiles)],
    ...(only === undefined ? {} : { identitiesOnly: isYes(only) }),
    ...optional('identityAgent', one('identityagent')),
    ...optional('proxyJump', one('proxyjump')),
    ...optional('proxyCommand', one('proxycommand')),
    ...optional('hostKeyAlias', one('hostkeyalias')),
    ...optional('userKnownHostsFiles', found.values.get('userknownhostsfile')),
  };
}

interface Found {
  readonly values: Map<string, readonly string[]>;
  readonly identityFiles: string[];
}

interface Query {
  readonly host: string;
  readonly user: string | undefined;
  readonly place: SshConfigPlace;
  readonly read: SshConfigReader;
}

function walk(file: string, base: string, active: boolean, query: Query, found: Found, depth: number): void {
  if (depth > MAX_DEPTH) throw wrong(file, 1, 'more than 16 files include each other');
  let applies = active;
  for (const { keyword, words, at } of query.read(file)) {
    if (keyword === 'host') applies = active && matchesPatterns(query.host, words);
    else if (keyword === 'match') applies = active && matches(words, query, found);
    else if (keyword === 'include') {
      for (const pattern of words) {
        const path = expandHome(pattern, query.place.home);
        const full = isAbsolute(path) ? path : join(base, path);
        for (const included of filesMatching(full)) walk(included, base, applies, query, found, depth + 1);
      }
    } else if (applies) take(keyword, words, found, file, at);
  }
}

function take(keyword: string, words: readonly string[], found: Found, file: string, line: number): void {
  const [first] = words;
  if (first === undefined) throw wrong(file, line, `${keyword} has no value`);
  if (keyword === 'identityfile') {
    found.identityFiles.push(first);
    return;
  }
  if (keyword === 'port' && !isPort(first)) throw wrong(file, line, `${first} is no port`);
  // Whichever of the two comes first silences the other.
  if (keyword === 'proxycommand' && found.values.has('proxyjump')) return;
  if (keyword === 'proxyjump' && found.values.has('proxycommand')) return;
  if (!found.values.has(keyword))
    found.values.set(keyword, keyword === 'proxycommand' ? [words.join(' ')] : words);
}

function matches(words: readonly string[], query: Query, found: Found): boolean {
  const rest = [...words];
  let result = rest.length > 0;
  for (let criterion = rest.shift(); criterion !== undefined; criterion = rest.shift()) {
    const negated = criterion.startsWith('!');
    const name = criterion.replace(/^!/, '').toLowerCase();
    if (name === 'all') continue;
    const patterns = (rest.shift() ?? '').split(',');
    const subject = subjectOf(name, query, found);
    if (subject === undefined) result = false;
    else if (matchesPatterns(subject, patterns) === negated) result = false;
  }
  return result;
}

function subjectOf(criterion: string, query: Query, found: Found): string | undefined {
  const { localUser } = query.place;
  switch (criterion) {
    case 'originalhost':
      return query.host;
    case 'host':
      return found.values.get('hostname')?.[0]?.replaceAll('%h', query.host) ?? query.host;
    case 'user':
      return query.user ?? found.values.get('user')?.[0] ?? localUser;
    case 'localuser':
      return localUser;
    default:
      return undefined;
  }
}

/** One setting; `at` is the number of its line. */
export interface SshConfigLine {
  readonly keyword: string;
  readonly words: readonly string[];
  readonly at: number;
}

function parseFile(file: string): readonly SshConfigLine[] {
  return readLines(file).flatMap((text, i) => parseLine(text, file, i + 1) ?? []);
}

function parseLine(text: string, file: string, line: number): SshConfigLine | undefined {
  const match = /^\s*"?([A-Za-z0-9]+)"?(?:\s*=\s*|\s+|$)(.*)$/s.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    if (/^\s*(#|$)/.test(text)) return undefined;
    throw wrong(file, line, 'this is no setting');
  }
  const words = splitWords(match[2]);
  if (words === undefined) throw wrong(file, line, 'a quote is not closed');
  return { keyword: match[1].toLowerCase(), words, at: line };
}

/** Words with OpenSSH's quoting: double or single quotes, a backslash before a quote, a backslash or a space; `#` begins a comment. */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charAt(i);
    const next = text.charAt(i + 1);
    if (c === '\\' && (/["'\\]/.test(next) || (quote === undefined && next === ' '))) {
      word = (word ?? '') + next;
      i += 1;
    } else if (quote !== undefined) {
      if (c === quote) quote = undefined;
      else word = (word ?? '') + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (c === '#' && word === undefined) break;
    else word = (word ?? '') + c;
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new KmonError('config', `${file} cannot be read`, { hint: 'correct its permissions', cause });
  }
}

/** `~` and `~/…` are the home folder. */
export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}

function isPort(text: string): boolean {
  return /^[0-9]{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65536;
}

function isYes(text: string): boolean {
  return /^(yes|true)$/i.test(text);
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

function wrong(file: string, line: number, what: string): KmonError {
  return new KmonError('config', `${file}:${line}: ${what}`, {
    hint: 'correct this line (ssh -G HOST shows what it means)',
  });
}
