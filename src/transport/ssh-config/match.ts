import type { KmonError } from '../../errors/kmon-error.js';
import { matchesPatterns } from './patterns.js';
import { both, explained, hostNow, jumpHost, one, userNow } from './found.js';
import type { Applies, Found, Query } from './found.js';
import { takeWord, wrongAt } from './lines.js';
import type { SshConfigLine } from './lines.js';
import { connectionTokens, replaceTokens } from './tokens.js';

/** @param mayRun false: it stands in what does not apply anyway */
export function matches(
  line: SshConfigLine,
  file: string,
  query: Query,
  found: Found,
  mayRun: boolean,
): Applies {
  const bad = (what: string): KmonError => wrongAt(`${file}:${line.at}`, what);
  let result: Applies = true;
  let rest: string | undefined = line.rest;
  let criteria = 0;
  const next = (): string | undefined => {
    const taken = rest === undefined ? undefined : takeWord(rest);
    rest = taken?.rest;
    return taken === undefined || taken.word === '' || taken.word.startsWith('#') ? undefined : taken.word;
  };
  for (let word = next(); word !== undefined; word = next()) {
    const negated = word.startsWith('!');
    const name = word.replace(/^!/, '').toLowerCase();
    if (name === 'all') {
      // OpenSSH bears one criterion before it.
      if (criteria > 1 || next() !== undefined) throw bad('all stands alone in a Match');
      return both(result, !negated);
    }
    criteria += 1;
    if (name === 'final' || name === 'canonical') {
      if (name === 'final') found.finalWanted = true;
      result = both(result, query.final !== negated);
      continue;
    }
    const argument = next();
    if (argument === undefined) throw bad(`Match ${name} has no value`);
    if (name === 'exec') {
      if (result !== false && mayRun) result = both(result, runs(argument, query, found, bad) !== negated);
      continue;
    }
    const subject = subjectOf(name, query, found);
    if (subject === undefined) {
      result = both(result, { unknown: `\`Match ${word}\` in ${file}:${line.at}` });
    } else {
      const fits = matchesPatterns(
        subject.any ? subject.text.toLowerCase() : subject.text,
        (subject.any ? argument.toLowerCase() : argument).split(','),
      );
      result = both(result, fits !== negated);
    }
  }
  if (criteria === 0) throw bad('Match has no value');
  return result;
}

/** What a criterion looks at; `any`: in capitals or small letters. */
function subjectOf(
  criterion: string,
  query: Query,
  found: Found,
): { readonly text: string; readonly any: boolean } | undefined {
  switch (criterion) {
    case 'originalhost':
      return { text: query.host, any: true };
    case 'host':
      return { text: hostNow(query, found), any: true };
    case 'user':
      return { text: userNow(query, found), any: false };
    case 'localuser':
      return { text: query.place.localUser, any: false };
    case 'tagged':
      return { text: one(found, 'tag') ?? '', any: false };
    default:
      return undefined;
  }
}

function runs(command: string, query: Query, found: Found, bad: (what: string) => KmonError): boolean {
  const { host, asked, place } = query;
  const real = hostNow(query, found);
  const connection = {
    host: real,
    originalHost: host,
    port: asked.port ?? Number(one(found, 'port') ?? 22),
    user: userNow(query, found),
    hostKeyAlias: one(found, 'hostkeyalias'),
    jumpHost: jumpHost(found),
  };
  const expanded = explained(() => replaceTokens(command, connectionTokens(connection, place, real)), bad);
  return place.exec?.(expanded) === true;
}
