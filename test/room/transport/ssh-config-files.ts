import type { Random } from '../../support/random.js';

/** A random ssh configuration: its own text, and files that it may include, by their path below ~/.ssh. */
export interface RandomConfig {
  readonly text: string;
  readonly included: Readonly<Record<string, string>>;
}

export const HOSTS = [
  'a',
  'b',
  'pc-1',
  'pc-12',
  'PC-1',
  'x.lan',
  'sub.x.lan',
  '10.0.0.5',
  '10.1',
  'fe80::0:5',
  'gate',
];
export const USERS = ['ada', 'ada@school.lan', 'SCHOOL\\ada', 'root', 'bob smith'];

const PATTERNS = [
  '*',
  '?',
  'a',
  'b',
  'A',
  'pc-*',
  'pc-?',
  'PC-*',
  '*.lan',
  '10.0.0.*',
  '10.*',
  'fe80:*',
  'gate',
  'p*1*',
  '*-1?',
  '[ab]',
];
const USER_PATTERNS = [
  'ada',
  'ada@*',
  '*@school.lan',
  'root',
  '*',
  'bob*',
  'SCHOOL\\ada',
  'school*',
  'kmon-*',
];
const JUMPS = [
  'gate',
  'ada@gate',
  'ada@school.lan@gate',
  'SCHOOL\\ada@b:2222',
  'b,x.lan',
  'ada@a@b:22,ssh://ada%40school.lan@gate:2200,c',
  '[fe80::7]:2201',
  'u@[fe80::7]',
  'ssh://gate',
  'ssh://ada@gate:24/',
  'none',
  'NONE',
  'pc-1:2022',
  'gate:',
  'gate # through the gate',
  'ada@b,gate#here',
];
const COMMANDS = ['none', 'nc %h %p', '"nc" -X 5 %h %p # not a comment', 'NONE', 'ssh -W %h:%p gate'];
const PATHS = [
  '~/.ssh/id_a',
  '~/k%h',
  '/k/%n',
  '/k/%r-%u',
  '%d/id',
  '/k/%p%%',
  '/k/${KMON_WORD}/x',
  '/with blank/id',
  "~/it's",
  '/a#b',
  'relative/id',
  '/q"x',
  '/b\\c',
  '/$x',
  '/k/%L',
  '/k/%l-%k',
];
const ALGORITHMS = [
  'ssh-ed25519',
  'rsa-sha2-512,ssh-ed25519',
  '+ssh-rsa',
  '-ssh-ed*',
  '^rsa-sha2-256',
  '-rsa*,ecdsa*',
  'ecdsa-sha2-nistp256',
  '^rsa-sha2-256,ecdsa-sha2-nistp384',
  'ssh-rsa,rsa-sha2-256',
];

type Setting = readonly [keyword: string, value: (r: Random) => string];

const word = (values: readonly string[]) => (r: Random) => quoted(r, r.pick(values));
const raw = (values: readonly string[]) => (r: Random) => r.pick(values);
const list = (values: readonly string[]) => (r: Random) =>
  r
    .some(values, 3)
    .map((v) => quoted(r, v))
    .join(r.chance(0.8) ? ' ' : ' \t ');

const SETTINGS: readonly Setting[] = [
  ['HostName', word(['%h.lan', 'Real.Example', '10.9.9.9', 'FE80::0:9', 'x%h%h', '127.1'])],
  ['User', word(USERS)],
  ['Port', word(['22', '2222', '65535', '1'])],
  ['IdentityFile', word([...PATHS, 'none'])],
  ['IdentityFile', word(PATHS)],
  ['IdentitiesOnly', word(['yes', 'no', 'TRUE', 'false'])],
  ['IdentityAgent', word([...PATHS, 'none', 'SSH_AUTH_SOCK', '$KMON_WORD'])],
  ['ProxyJump', raw(JUMPS)],
  ['ProxyJump', raw(JUMPS)],
  ['ProxyCommand', raw(COMMANDS)],
  ['UserKnownHostsFile', (r) => (r.chance(0.2) ? 'none' : list(PATHS)(r))],
  ['GlobalKnownHostsFile', (r) => (r.chance(0.2) ? 'none' : list(['/etc/ours', '/with blank/known'])(r))],
  ['HostKeyAlias', word(['alias', 'Alias.Example', 'a b'])],
  ['HostKeyAlgorithms', word(ALGORITHMS)],
  ['ConnectTimeout', word(['5', '1m30s', '2h', 'none', '90S'])],
  ['StrictHostKeyChecking', word(['yes', 'no', 'ask', 'accept-new', 'TRUE', 'off'])],
  ['PubkeyAuthentication', word(['yes', 'no', 'host-bound'])],
  ['AddressFamily', word(['any', 'inet', 'INET6'])],
  ['BindAddress', word(['127.0.0.1', '10.0.0.9'])],
  // No business of kmon's, and read over.
  ['ServerAliveInterval', word(['10'])],
  ['ServerAliveCountMax', word(['3'])],
  ['SendEnv', raw(['LANG LC_*', '"A" B'])],
  ['LocalForward', raw(['8080 localhost:80'])],
];

/** As people, and their tools, write it: the same value in many forms. */
export function randomConfig(r: Random, name: string): RandomConfig {
  const included: Record<string, string> = {};
  const text = file(r, name, 0, included);
  return { text, included };
}

function file(r: Random, name: string, depth: number, included: Record<string, string>): string {
  const end = r.chance(0.2) ? '\r\n' : '\n';
  const lines = Array.from({ length: 1 + r.whole(depth === 0 ? 14 : 5) }, () =>
    line(r, name, depth, included),
  );
  return lines.join(end) + (r.chance(0.9) ? end : '');
}

function line(r: Random, name: string, depth: number, included: Record<string, string>): string {
  const kind = r.whole(20);
  if (kind < 3) return setting(r, 'Host', hostPatterns(r), true);
  if (kind < 6) return setting(r, 'Match', criteria(r), false);
  if (kind === 6 && depth < 2) return setting(r, 'Include', include(r, name, depth + 1, included), true);
  if (kind === 7) return r.pick(['', '  ', '# a remark', '\t# Host a', '#']);
  const [keyword, value] = r.pick(SETTINGS);
  return setting(r, keyword, value(r), !keyword.startsWith('Proxy'));
}

function setting(r: Random, keyword: string, value: string, commented: boolean): string {
  const cased = r.pick([keyword, keyword, keyword.toLowerCase(), keyword.toUpperCase()]);
  const name = r.chance(0.03) ? `"${cased}"` : cased;
  // Behind a quoted keyword an equals sign is part of the value.
  const between = name.startsWith('"') ? ' ' : r.pick([' ', ' ', ' ', '  ', '\t', '=', ' = ', '= ', '\t=\t']);
  const comment = commented && r.chance(0.1) ? r.pick([' # why', '\t#', ' #x y']) : '';
  return `${r.pick(['', '  ', '\t', '    '])}${name}${between}${value}${comment}${r.pick(['', '', '', ' ', '\t'])}`;
}

function hostPatterns(r: Random): string {
  return r
    .some(PATTERNS, 3)
    .map((p) => quoted(r, r.chance(0.2) ? `!${p}` : p))
    .join(' ');
}

function criteria(r: Random): string {
  if (r.chance(0.15)) return r.pick(['all', 'ALL', '!all', 'host pc-* all', '!user ada all']);
  return Array.from({ length: 1 + r.whole(2) }, () => {
    const not = r.chance(0.2) ? '!' : '';
    const patterns = (from: readonly string[]): string =>
      r
        .some(from, 2)
        .map((p) => (r.chance(0.15) ? `!${p}` : p))
        .join(',');
    const argument = (text: string): string => (r.chance(0.2) || text.includes(' ') ? `"${text}"` : text);
    const between = r.chance(0.1) ? '=' : ' ';
    switch (r.whole(7)) {
      case 0:
        return `${not}${r.pick(['host', 'HOST'])}${between}${argument(patterns(PATTERNS))}`;
      case 1:
        return `${not}host ${argument(patterns([...PATTERNS, '*.example', '10.9.9.9', 'REAL.*']))}`;
      case 2:
        return `${not}originalhost${between}${argument(patterns(PATTERNS))}`;
      case 3:
        return `${not}user${between}${argument(patterns(USER_PATTERNS))}`;
      case 4:
        return `${not}localuser ${argument(patterns(USER_PATTERNS))}`;
      case 5:
        return `${not}exec ${r.pick(['true', 'false', '"test %n = a"', '"test %p = 22"', '"test %r = ada"', '"test x%h != xa"'])}`;
      default:
        return `${not}${r.pick(['final', 'canonical', 'final'])}`;
    }
  }).join(' ');
}

function include(r: Random, name: string, depth: number, included: Record<string, string>): string {
  const folder = `${name}.d${depth}`;
  const own = `${folder}/${String(r.whole(3))}.conf`;
  included[own] ??= file(r, name, depth, included);
  return r
    .some(
      [
        own,
        `${folder}/*.conf`,
        `${folder}/?.conf`,
        `~/.ssh/${own}`,
        `${folder}/[01].conf`,
        'missing',
        `${folder}/*`,
        `HOME/.ssh/${folder}/*.conf`,
      ],
      2,
    )
    .map((p) => (r.chance(0.2) ? `"${p}"` : p))
    .join(' ');
}

/** One word in one of the forms that OpenSSH reads alike. */
function quoted(r: Random, text: string): string {
  const plain = !/[\s"'#]/.test(text) && !text.includes('\\');
  const forms = [
    ...(plain ? [text, text, text, text] : []),
    // Inside of quotes a backslash stands for itself but before a quote and another one.
    `"${text.replaceAll(/["\\]/g, '\\$&')}"`,
    `'${text.replaceAll(/['\\]/g, '\\$&')}'`,
    ...(text.startsWith('#') ? [] : [text.replaceAll(/[\\"' ]/g, '\\$&')]),
  ];
  return r.pick(forms);
}
