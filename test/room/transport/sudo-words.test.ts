import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { liveRunner } from '../../../src/runner/live.js';
import { openRunner } from '../../../src/runner/open.js';
import { probeSudo } from '../../../src/runner/sudo.js';
import type { Privilege } from '../../../src/runner/wire.js';
import { changes, reads, withOptions } from '../../../src/shell/command.js';
import { quote } from '../../../src/shell/quote.js';
import { Secret } from '../../../src/shell/secret.js';
import { localTransport } from '../../../src/transport/local.js';
import type { Transport } from '../../../src/transport/transport.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { testPool } from '../../support/open-ssh.js';
import type { TestPool } from '../../support/open-ssh.js';
import { makeKey, startSshd, temporaryFolder } from '../../support/sshd.js';
import type { KeyPair, Sshd } from '../../support/sshd.js';
import { sudoRsFolder, sudoRsVersions } from '../../support/sudo-rs.js';
import { makeUser } from '../../support/users.js';
import type { TestUser, UserOptions } from '../../support/users.js';

const PASSWORD = 'Gr8 pass\\word';

/** Whose words they are. `rs`: of sudo-rs. */
type Family = 'sudo' | 'rs';

interface Case {
  readonly user?: UserOptions;
  /** What root does to the user before; the sudoers file is its second word. */
  readonly before?: string;
  /** Not by SSH, which would not let such a user in: `sh -c` with the rights of the user, behind these words. */
  readonly here?: string;
  readonly password?: string;
  readonly message: string;
  readonly evidence: Readonly<Record<Family, RegExp>>;
  readonly hint: RegExp;
}

const ALL = { sudoers: ['USER ALL=(ALL) ALL'] };

const CASES: Readonly<Record<string, Case>> = {
  'a wrong password': {
    user: ALL,
    password: 'guess-me',
    message: 'sudo refuses the password of USER',
    evidence: {
      sudo: /^sudo: 1 incorrect password attempt$/,
      rs: /Authentication failed, try again|incorrect authentication attempt/,
    },
    hint: /with the right password/,
  },
  'nobody to ask for the password': {
    user: ALL,
    message: 'sudo asks for the password of USER, and there is no terminal to ask on',
    evidence: { sudo: /^sudo: a password is required$/, rs: /interactive authentication is required$/ },
    hint: /sudoPasswordFile/,
  },
  'a user who is not in sudoers': {
    password: PASSWORD,
    message: 'USER may not become root with sudo',
    evidence: {
      sudo: /^USER is not in the sudoers file\.$/,
      rs: /I'm sorry USER\. I'm afraid I can't do that$/,
    },
    hint: /^let USER use sudo on pc-1 \(as root: adduser USER sudo\)$/,
  },
  'a user who may run some commands only': {
    user: { sudoers: ['USER ALL=(ALL) NOPASSWD: /usr/bin/true'] },
    password: PASSWORD,
    message: 'USER may not become root with sudo',
    evidence: { sudo: /is not allowed to execute/, rs: /I'm sorry USER\. I'm afraid I can't do that$/ },
    hint: /^let USER use sudo on pc-1/,
  },
  'a rule that cannot be read': {
    before: 'echo "$1 ALL=(ALL ALL" >"$2"',
    password: PASSWORD,
    message: 'USER may not become root with sudo, which cannot read one of its rules',
    evidence: { sudo: /sudoers\.d\/USER:1:\d+: syntax error$/, rs: /sudoers\.d\/USER:1:\d+: expecting '\)'/ },
    hint: /visudo -c/,
  },
  'an account that has expired': {
    user: ALL,
    before: 'chage -E 1 "$1"',
    here: '',
    password: PASSWORD,
    message: 'the account of USER is locked or has expired',
    evidence: {
      sudo: /^sudo: account validation failure, is your account locked\?$/,
      rs: /Account validation failure, is your account locked\?$/,
    },
    hint: /chage -E -1 USER/,
  },
  'a password that must be changed': {
    user: ALL,
    before: 'chage -d 0 "$1"',
    here: '',
    password: PASSWORD,
    message: 'the password of USER has expired and must be changed',
    evidence: {
      sudo: /^sudo: Account or password is expired, reset your password and try again$/,
      rs: /PAM error: Authentication token manipulation error$/,
    },
    hint: /as USER, change it \(passwd\)/,
  },
  'no new privileges': {
    user: ALL,
    here: '--no-new-privs',
    message: 'sudo cannot gain privileges in this session',
    evidence: { sudo: /"no new privileges" flag/, rs: /"no new privileges" flag|must be owned by uid 0/ },
    hint: /NoNewPrivileges/,
  },
};

const SUDOS: readonly (readonly [string, Family, () => { readonly dir: string; remove(): void }])[] = [
  ['sudo', 'sudo', () => ({ dir: '/usr/bin', remove: () => undefined })],
  ...sudoRsVersions().map((rs) => [`sudo-rs ${rs.version}`, 'rs', () => sudoRsFolder(rs)] as const),
];

/** Programs that are called `sudo` on the machines of a room, each with words of its own. */
describe.each(SUDOS)('%s', (_name, family, install) => {
  let program: ReturnType<typeof install>;
  let sshd: Sshd;
  let key: KeyPair;
  let home: string;
  let user: TestUser | undefined;
  let transport: Transport | undefined;
  let pool: TestPool | undefined;
  let asked = 0;

  beforeAll(async () => {
    program = install();
    sshd = await startSshd({ config: [`SetEnv PATH=${program.dir}:/usr/bin:/bin`] });
    key = makeKey(sshd.dir, 'key');
  });
  afterAll(async () => {
    await sshd.stop();
    program.remove();
  });
  beforeEach(() => {
    home = temporaryFolder('home');
    asked = 0;
  });
  afterEach(async () => {
    await transport?.close();
    await pool?.close();
    user?.remove();
    transport = pool = user = undefined;
    rmSync(home, { recursive: true });
  });

  const make = (options: UserOptions): TestUser => {
    user = makeUser({ password: PASSWORD, ...options });
    return user;
  };
  const bySsh = async ({ name }: TestUser): Promise<Transport> => {
    sshd.authorize(name, key.publicKey);
    pool = testPool({
      home,
      logins: { 'pc-1': { host: sshd.host, port: sshd.port, user: name, keyFile: key.file } },
    });
    const opened = pool.transport('pc-1');
    // The right one is looked at.
    const { stdout } = await opened.exec('command -v sudo');
    expect(stdout.trim()).toBe(join(program.dir, 'sudo'));
    return opened;
  };
  const asUser = (u: TestUser, how: string): Transport => {
    const local = localTransport('pc-1');
    const become = `exec setpriv ${how} --reuid ${u.name} --regid ${u.name} --init-groups env HOME=${u.home} PATH=${program.dir}:/usr/bin:/bin sh -c `;
    transport = { ...local, exec: (wire, options) => local.exec(become + quote(wire), options) };
    return transport;
  };
  const asking = (password?: string) => async (): Promise<Secret | undefined> => {
    asked += 1;
    return password === undefined ? undefined : new Secret(password);
  };

  it('makes kmon root without a password', async () => {
    const there = await bySsh(make({ sudoers: ['USER ALL=(ALL) NOPASSWD: ALL'] }));
    const along = reads`id -u; echo along`;
    const opened = await openRunner({
      machine: 'pc-1',
      transport: there,
      dryRun: false,
      askPassword: asking(),
      along,
    });
    expect((await opened.runner.query(along)).stdout).toBe('0\nalong\n');
    await expectRoot(opened.runner);
    await opened.leave();
    expect(asked).toBe(0);
  });

  it('makes kmon root by the right password, asked for once', async () => {
    const there = await bySsh(make(ALL));
    const sudo: Privilege = await probeSudo(there, { machine: 'pc-1', askPassword: asking(PASSWORD) });
    expect(sudo.mode).toBe('password');
    await expectRoot(liveRunner({ machine: 'pc-1', transport: there, sudo }));
    expect(asked).toBe(1);
  });

  const expectRoot = async (run: ReturnType<typeof liveRunner>): Promise<void> => {
    const echo = withOptions(reads`id -u; pwd; echo "$HOME|$LC_ALL"; cat`, { stdin: 'a\nb\n' });
    expect((await run.query(echo)).stdout).toBe('0\n/\n/root|C\na\nb\n');
    const long = withOptions(reads`: ${'x'.repeat(20_000)}; cat; exit 7`, { stdin: 'c', ok: [7] });
    expect(await run.query(long)).toMatchObject({ exitCode: 7, stdout: 'c' });
    const file = `/root/${user?.name ?? ''}`;
    await run.mutate('make a file', changes`echo here >${file}`);
    expect((await run.query(reads`cat ${file}; rm ${file}`)).stdout).toBe('here\n');
  };

  it.each(Object.entries(CASES))('is understood: %s', async (_what, c) => {
    const u = make(c.user ?? {});
    const rules = join('/etc/sudoers.d', u.name);
    if (c.before !== undefined) {
      writeFileSync(rules, '', { flag: 'a', mode: 0o440 });
      execFileSync('sh', ['-c', c.before, 'sh', u.name, rules]);
    }
    const there = c.here === undefined ? await bySsh(u) : asUser(u, c.here);
    const error = await kmonErrorOf(probeSudo(there, { machine: 'pc-1', askPassword: asking(c.password) }));
    const plain = (text: string | undefined): string => (text ?? '').replaceAll(u.name, 'USER');
    expect({ code: error.code, message: plain(error.message) }).toEqual({
      code: 'no-sudo',
      message: c.message,
    });
    expect(plain(error.evidence)).toMatch(c.evidence[family]);
    expect(plain(error.hint)).toMatch(c.hint);
    expect(error.context.machine).toBe('pc-1');
    if (c.password !== undefined) expect(JSON.stringify(error)).not.toContain(c.password);
  });
});
