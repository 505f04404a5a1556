import { isPort, parseJumps } from '../proxy-jump.js';
import { wrongAt } from './lines.js';

/** Settings of one word. */
const SINGLE = new Set([
  'addressfamily',
  'bindaddress',
  'bindinterface',
  'canonicalizehostname',
  'canonicalizemaxdots',
  'certificatefile',
  'connecttimeout',
  'hostkeyalgorithms',
  'hostkeyalias',
  'hostname',
  'identitiesonly',
  'identityagent',
  'identityfile',
  'pkcs11provider',
  'port',
  'pubkeyauthentication',
  'revokedhostkeys',
  'securitykeyprovider',
  'stricthostkeychecking',
  'tag',
  'user',
]);
const LISTS = new Set(['canonicaldomains', 'globalknownhostsfile', 'userknownhostsfile']);

/** `undefined`: a setting that kmon has no use for, or one that says as much as its absence. */
export function valueOf(
  key: string,
  rest: string,
  words: readonly string[],
  where: string,
): readonly string[] | undefined {
  if (key === 'proxycommand') return [rest.replace(/^[ \t=]+/, '')];
  if (key === 'proxyjump') {
    const list = rest.replace(/^[ \t=]+/, '');
    if (parseJumps(list) === undefined) throw wrongAt(where, `ProxyJump ${list} is no [user@]host[:port]`);
    return [list];
  }
  if (!SINGLE.has(key) && !LISTS.has(key)) return undefined;
  const [first, ...more] = words;
  if (first === undefined || words.includes('')) throw wrongAt(where, `${key} has no value`);
  if (SINGLE.has(key) && more.length > 0) throw wrongAt(where, `${key} takes one value, not ${words.length}`);
  const mistake = KINDS[key]?.(first);
  if (mistake !== undefined) throw wrongAt(where, `${first} ${mistake}`);
  // ssh waits as long as it takes, as if nothing were said.
  return key === 'connecttimeout' && first === 'none' ? undefined : words;
}

/** What is wrong with a value. */
const KINDS: Readonly<Record<string, (value: string) => string | undefined>> = {
  port: (v) => (isPort(v) ? undefined : 'is no port'),
  identitiesonly: oneOf('yes', 'no', 'true', 'false'),
  pubkeyauthentication: oneOf('yes', 'no', 'true', 'false', 'unbound', 'host-bound'),
  stricthostkeychecking: oneOf('yes', 'no', 'true', 'false', 'ask', 'off', 'accept-new'),
  addressfamily: oneOf('any', 'inet', 'inet6'),
  connecttimeout: (v) => (v === 'none' || seconds(v) !== undefined ? undefined : 'is no time'),
};

function oneOf(...values: readonly string[]): (value: string) => string | undefined {
  return (value) => (values.includes(value.toLowerCase()) ? undefined : `is none of ${values.join(', ')}`);
}

/** `90`, `1m30s`, `2h`. */
export function seconds(text: string): number | undefined {
  const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  if (!/^(\d{1,9}[smhdw]?)+$/i.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([smhdw]?)/gi)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit.toLowerCase()] ?? 1),
    0,
  );
}
