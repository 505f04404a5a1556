import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { hostKeyAlgorithms } from '../../../src/transport/host-keys/algorithms.js';
import { resolveLogin } from '../../../src/transport/login/resolved-login.js';
import type { ResolvedLogin, Surroundings } from '../../../src/transport/login/resolved-login.js';
import { matchExec } from '../../../src/transport/ssh-config/match-exec.js';
import { readSshConfig } from '../../../src/transport/ssh-config/ssh-config.js';
import { quote } from '../../../src/shell/quote.js';
import { random } from '../../support/random.js';
import { makeUser } from '../../support/users.js';
import type { TestUser } from '../../support/users.js';
import { HOSTS, randomConfig, USERS } from './ssh-config-files.js';
import type { RandomConfig } from './ssh-config-files.js';

const CASES = Number(process.env['KMON_CASES'] ?? 250);
/** Another one every day; the seed of a failure is in its message. */
const SEED = Number(process.env['KMON_SEED'] ?? Math.floor(Date.now() / 86_400_000));

interface Question {
  readonly file: string;
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  readonly jumps?: string;
}
/** What `ssh -G` says by keyword, or why it says nothing. */
type Answer = Settings | string;
type Settings = Readonly<Record<string, readonly string[]>>;

describe('any ssh configuration means what ssh -G says', () => {
  let user: TestUser;
  let env: NodeJS.ProcessEnv;
  beforeAll(() => {
    user = makeUser();
    env = { PATH: process.env['PATH'], HOME: user.home, KMON_WORD: 'word', SHELL: '/bin/sh' };
  });
  afterAll(() => {
    user.remove();
  });

  const around = (file: string): Surroundings => ({
    home: user.home,
    localUser: user.name,
    sshConfigFiles: [file],
    agentSocket: '/agent',
    env,
    exec: matchExec(env),
  });

  /** Asks OpenSSH's own client all of it in one go, as the user whose home folder it is. */
  const ask = (questions: readonly Question[]): readonly Answer[] => {
    const script = questions
      .map(({ file, host, user: as, port, jumps }) => {
        const options = [
          ...(as === undefined ? [] : ['-l', as]),
          ...(port === undefined ? [] : ['-p', String(port)]),
          ...(jumps === undefined ? [] : ['-J', jumps]),
        ];
        return `ssh -G -F ${[file, ...options, '--', host].map(quote).join(' ')} 2>&1; echo "=$?"`;
      })
      .join('\n');
    const as = ['--reuid', user.name, '--regid', user.name, '--clear-groups', 'sh'];
    const text = execFileSync('setpriv', as, { input: script, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
    const parts = text.split(/^=(\d+)\n/m);
    return questions.map((_, i) => {
      const [said = '', code] = parts.slice(2 * i);
      if (code !== '0') return said;
      const found: Record<string, string[]> = {};
      for (const line of said.trim().split('\n')) {
        const at = line.indexOf(' ');
        (found[line.slice(0, at)] ??= []).push(line.slice(at + 1));
      }
      return found;
    });
  };

  it(`${CASES} times (seed ${SEED})`, () => {
    const cases = Array.from({ length: CASES }, (_, i) => {
      const r = random(SEED * 100_003 + i);
      const name = `config-${i}`;
      const config = randomConfig(r, name);
      const question: Question = {
        file: join(user.home, '.ssh', name),
        host: r.pick(HOSTS),
        ...(r.chance(0.2) ? { user: r.pick(USERS) } : {}),
        ...(r.chance(0.1) ? { port: 2022 } : {}),
      };
      write(user.home, question.file, config);
      const about = `seed ${SEED}, case ${i}: ${JSON.stringify(question)}\n${config.text}\n${JSON.stringify(config.included, null, 1)}`;
      return { question, about };
    });
    const [usual] = ask([{ file: '/dev/null', host: 'a' }]);
    const answers = ask(cases.map((c) => c.question));
    const ways = waysOf(
      cases.map((c) => c.question),
      answers,
    );
    let compared = 0;
    for (const [i, { question, about }] of cases.entries()) {
      const answer = answers[i];
      if (typeof answer !== 'object' || typeof usual !== 'object') {
        // A host that is its own jump host: ssh goes nowhere, and kmon straight there.
        expect(answer, about).toMatch(/jumphost loop/);
        continue;
      }
      compared += 1;
      const { said, way } = ours(question);
      expect(said, about).toEqual(theirs(answer, usual));
      // A jump host that is behind itself: ssh gets nowhere, and kmon straight there, or says so.
      if (ways[i] !== 'loop' && ways[i] !== 'circle') expect(way, about).toEqual(ways[i]);
    }
    expect(compared).toBeGreaterThan(CASES * 0.9);
  });

  /** What both say, in the same words. */
  type Said = Readonly<Record<string, unknown>>;
  /** The hops to a machine and itself, or why there are none. */
  type Way = readonly string[] | 'command' | 'circle' | 'loop';

  const ours = (q: Question): { readonly said: Said; readonly way: Way } => {
    const place = around(q.file);
    const c = readSshConfig({ files: place.sshConfigFiles, ...place }, q.host, q);
    const said = {
      host: c.host,
      user: q.user ?? c.user ?? user.name,
      port: String(q.port ?? c.port ?? 22),
      identityFiles: c.identityFiles ?? 'usual',
      identitiesOnly: c.identitiesOnly ?? false,
      agent: c.identityAgent,
      proxyCommand: c.proxyCommand?.toLowerCase() === 'none' ? undefined : c.proxyCommand,
      alias: c.hostKeyAlias,
      knownHosts: c.userKnownHostsFiles?.join(' ') ?? 'usual',
      globalKnownHosts: c.globalKnownHostsFiles?.join(' ') ?? 'usual',
      hostKeyAlgorithms: hostKeyAlgorithms([], c.hostKeyAlgorithms),
      strict: c.strictHostKeys ?? false,
      timeout: c.connectTimeoutMs === undefined ? 'none' : String(c.connectTimeoutMs / 1000),
      family: c.addressFamily,
      bind: c.bindAddress,
      publicKeys: c.publicKeys ?? true,
    };
    return { said, way: wayOf(q, place) };
  };

  const wayOf = (q: Question, place: Surroundings): Way => {
    try {
      const hops = (login: ResolvedLogin): readonly string[] => [
        ...(login.via === undefined ? [] : hops(login.via)),
        `${login.user} ${login.host} ${login.port}`,
      ];
      return hops(resolveLogin(q, place));
    } catch (error) {
      if (error instanceof KmonError && error.message.includes('ProxyCommand')) return 'command';
      if (error instanceof KmonError && error.message.includes('circle')) return 'circle';
      throw error;
    }
  };

  const theirs = (a: Settings, usual: Settings): Said => {
    const one = (key: string): string | undefined => a[key]?.[0];
    const list = (key: string): string =>
      one(key) === usual[key]?.[0] ? 'usual' : (one(key) ?? '').replace(/^none$/i, '');
    const agent = one('identityagent');
    const files = a['identityfile'] ?? [];
    return {
      host: one('hostname'),
      user: one('user'),
      port: one('port'),
      identityFiles: isDeepStrictEqual(files, usual['identityfile'])
        ? 'usual'
        : // What is printed as it was written.
          files.flatMap((f) => (f.toLowerCase() === 'none' ? [] : [expanded(f, a)])),
      identitiesOnly: one('identitiesonly') === 'yes',
      agent: agent === '$KMON_WORD' ? 'word' : agent,
      proxyCommand: one('proxycommand'),
      alias: one('hostkeyalias'),
      knownHosts: list('userknownhostsfile'),
      globalKnownHosts: list('globalknownhostsfile'),
      hostKeyAlgorithms: (one('hostkeyalgorithms') ?? '').split(',').filter((name) => KNOWN.test(name)),
      strict: one('stricthostkeychecking') === 'true' || one('stricthostkeychecking') === 'yes',
      timeout: one('connecttimeout'),
      family: { inet: 4, inet6: 6 }[one('addressfamily') ?? ''],
      bind: one('bindaddress'),
      publicKeys: one('pubkeyauthentication') !== 'false' && one('pubkeyauthentication') !== 'no',
    };
  };

  const expanded = (file: string, a: Settings): string => {
    const values: Readonly<Record<string, string | undefined>> = {
      '%h': a['hostname']?.[0],
      '%n': a['host']?.[0],
      '%p': a['port']?.[0],
      '%r': a['user']?.[0],
      '%u': user.name,
      '%d': user.home,
      '%%': '%',
      '%L': hostname().replace(/\..*/, ''),
      '%l': hostname(),
      '%k': a['hostkeyalias']?.[0] ?? a['host']?.[0],
      '${KMON_WORD}': 'word',
    };
    return file
      .replace(/^~(?=\/)/, user.home)
      .replaceAll(/%.|\$\{KMON_WORD\}/g, (token) => values[token] ?? token);
  };

  /** Follows the jump hosts as ssh does: by another ssh for each. */
  const waysOf = (questions: readonly Question[], answers: readonly Answer[]): readonly Way[] => {
    let standing = questions.map((question, i) => ({
      question,
      answer: answers[i] ?? '',
      hops: [] as readonly string[],
    }));
    const ways: Way[] = questions.map(() => 'circle');
    let open = questions.map((_, i) => i);
    for (let round = 0; round <= 9 && open.length > 0; round += 1) {
      const next: number[] = [];
      for (const i of open) {
        const s = standing[i];
        if (s === undefined || typeof s.answer === 'string') {
          ways[i] = 'loop';
          continue;
        }
        const {
          user: [as] = [],
          hostname: [host] = [],
          port: [port] = [],
          proxyjump: [jump] = [],
          proxycommand,
        } = s.answer;
        const hops = [`${as ?? ''} ${host ?? ''} ${port ?? ''}`, ...s.hops];
        if (proxycommand !== undefined) ways[i] = 'command';
        else if (jump === undefined || jump === 'none') ways[i] = hops;
        else {
          const [, jumps, user_, bracketed, plain, at] =
            /^(?:(.*),)?(?:([^,]*)@)?(?:\[(.*)\]|([^@:,[]*))(?::(\d+))?$/.exec(jump) ?? [];
          const question: Question = {
            file: s.question.file,
            host: bracketed ?? plain ?? '',
            ...(user_ === undefined ? {} : { user: user_ }),
            ...(at === undefined ? {} : { port: Number(at) }),
            ...(jumps === undefined ? {} : { jumps }),
          };
          standing = standing.with(i, { question, answer: '', hops });
          next.push(i);
        }
      }
      const asked = ask(next.flatMap((i) => standing[i]?.question ?? []));
      for (const [n, i] of next.entries()) {
        const s = standing[i];
        if (s !== undefined) standing = standing.with(i, { ...s, answer: asked[n] ?? '' });
      }
      open = next;
    }
    return ways;
  };
});

/** Those that kmon may ask for. */
const KNOWN = /^(ssh-ed25519|ecdsa-sha2-nistp\d+|rsa-sha2-\d+|ssh-rsa)$/;

function write(home: string, file: string, { text, included }: RandomConfig): void {
  for (const [path, content] of [[file, text] as const, ...Object.entries(included)]) {
    const full = path.startsWith('/') ? path : join(home, '.ssh', path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content.replaceAll('HOME', home), { mode: 0o644 });
  }
}
