import { dirname, isAbsolute, join } from 'node:path';
import { filesMatching } from './file-pattern.js';
import { matchesPatterns } from './patterns.js';
import { both, canonical, canonicalizes, explained, hostNow, jumpHost, nameFor, one } from './found.js';
import type { Applies, Asked, Found, Query, SshConfigPlace } from './found.js';
import { readSshConfigFile, requireOwn, wrongAt } from './lines.js';
import type { SshConfigLine } from './lines.js';
import { valueOf } from './values.js';
import { hostConfig } from './host-config.js';
import type { SshHostConfig } from './host-config.js';
import { matches } from './match.js';
import { expandHome } from './tokens.js';

/** An Include may include in turn; OpenSSH stops at the same depth. */
const MAX_DEPTH = 16;

/**
 * Resolves a host as `ssh -G` does: Host with `*`, `?` and `!`, Include with patterns, Match with all criteria that kmon can know.
 *
 * @param host as the person wrote it
 * @throws KmonError `config` with file and line for what cannot be read, for what decides by something that kmon does not know, and for
 * what would lead another way than kmon goes.
 */
export function readSshConfig(place: SshConfigPlace, host: string, asked: Asked = {}): SshHostConfig {
  const found: Found = { values: new Map(), identityFiles: [], finalWanted: false };
  const query: Query = { host, asked, place, read: place.read ?? readSshConfigFile, final: false };
  const pass = (q: Query): void => {
    for (const [i, file] of place.files.entries()) {
      // The first one is the person's own; the others are the computer's.
      if (i === 0) requireOwn(file);
      walk({ file, base: dirname(file), applies: true, depth: 0 }, q, found);
    }
  };
  pass(query);
  const real = canonical(hostNow(query, found), one(found, 'addressfamily'));
  if (found.finalWanted || canonicalizes(found)) {
    found.values.set('hostname', { words: [real], where: '' });
    pass({ ...query, final: true });
  }
  return hostConfig(query, found, real);
}

interface Reading {
  readonly file: string;
  /** Folder of relative includes. */
  readonly base: string;
  readonly applies: Applies;
  readonly depth: number;
}

function walk({ file, base, applies: within, depth }: Reading, query: Query, found: Found): void {
  if (depth > MAX_DEPTH) throw wrongAt(`${file}:1`, 'more than 16 files include each other');
  let applies = within;
  for (const line of query.read(file)) {
    const { keyword, words, at } = line;
    if (keyword === 'host') applies = both(within, matchesPatterns(nameFor(query, found), words));
    else if (keyword === 'match') {
      applies = both(within, matches(line, file, query, found, within !== false));
    } else if (keyword === 'include') {
      for (const pattern of words) {
        const path = explained(
          () => expandHome(pattern, query.place.home),
          (what) => wrongAt(`${file}:${at}`, what),
        );
        for (const included of filesMatching(isAbsolute(path) ? path : join(base, path))) {
          requireOwn(included);
          walk({ file: included, base, applies, depth: depth + 1 }, query, found);
        }
      }
    } else if (applies !== false) take(line, `${file}:${at}`, applies, found);
  }
}

function take({ keyword, rest, words }: SshConfigLine, where: string, applies: Applies, found: Found): void {
  const key = keyword === 'identityfile2' ? 'identityfile' : keyword;
  const value = valueOf(key, rest, words, where);
  if (value === undefined) return;
  if (found.values.has(key)) return;
  // Whichever of the two comes first silences the other; `ProxyJump none` silences only other jump hosts.
  if (key === 'proxycommand' && jumpHost(found) !== undefined) return;
  if (key === 'proxyjump' && found.values.has('proxycommand')) return;
  if (typeof applies === 'object') {
    throw wrongAt(where, `kmon cannot tell whether this applies: ${applies.unknown}`);
  }
  const taken = { words: value, where };
  if (key !== 'identityfile') found.values.set(key, taken);
  else if (!found.identityFiles.some((v) => v.words[0] === value[0])) found.identityFiles.push(taken);
}
