import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { liveRunner } from '../../../src/runner/live.js';
import { openRunner } from '../../../src/runner/open.js';
import { probeSudo } from '../../../src/runner/sudo.js';
import type { Trace } from '../../../src/runner/traced.js';
import type { Privilege } from '../../../src/runner/wire.js';
import { changes, reads, withOptions } from '../../../src/shell/command.js';
import type { Command } from '../../../src/shell/command.js';
import { quote } from '../../../src/shell/quote.js';
import { Secret } from '../../../src/shell/secret.js';
import { localTransport } from '../../../src/transport/local.js';
import type { Transport } from '../../../src/transport/transport.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { testPool } from '../../support/open-ssh.js';
import type { TestPool } from '../../support/open-ssh.js';
import { makeKey, startSshd, temporaryFolder } from '../../support/sshd.js';
import type { KeyPair, Sshd } from '../../support/sshd.js';
import { makeUser } from '../../support/users.js';
import type { TestUser, UserOptions } from '../../support/users.js';

const PASSWORD = 'Gr8 pass\\word';

describe('sudo', () => {
  let sshd: Sshd;
  let key: KeyPair;
  let home: string;
  let user: TestUser | undefined;
  let pool: TestPool | undefined;

  beforeAll(async () => {
    sshd = await startSshd();
    key = makeKey(sshd.dir, 'key');
  });
  afterAll(() => sshd.stop());
  beforeEach(() => {
    home = temporaryFolder('home');
  });
  afterEach(async () => {
    await pool?.close();
    user?.remove();
    pool = user = undefined;
    rmSync(home, { recursive: true });
  });

  const connect = (options: UserOptions): { readonly transport: Transport; readonly user: TestUser } => {
    const made = makeUser({ password: PASSWORD, ...options });
    user = made;
    sshd.authorize(made.name, key.publicKey);
    pool = testPool({
      home,
      logins: { 'pc-1': { host: sshd.host, port: sshd.port, user: made.name, keyFile: key.file } },
    });
    return { transport: pool.transport('pc-1'), user: made };
  };
  let asked = 0;
  const probe = (transport: Transport, password?: string): Promise<Privilege> => {
    asked = 0;
    return probeSudo(transport, {
      machine: 'pc-1',
      askPassword: async () => {
        asked += 1;
        return password === undefined ? undefined : new Secret(password);
      },
    });
  };

  it('needs none for root', async () => {
    const here = localTransport('here');
    expect(await probe(here)).toEqual({ mode: 'root' });
    await here.close();
  });

  it('needs no password when none is wanted', async () => {
    const { transport } = connect({ sudoers: ['USER ALL=(ALL) NOPASSWD: ALL'] });
    expect(await probe(transport, 'not asked for')).toMatchObject({ mode: 'nopasswd' });
    expect(asked).toBe(0);
  });

  it.each([
    ['nobody', []],
    ['some commands only', ['USER ALL=(ALL) NOPASSWD: /usr/bin/true']],
    ['a password, at a terminal', ['Defaults:USER requiretty', 'USER ALL=(ALL) ALL']],
    ['a password', ['USER ALL=(ALL) ALL']],
  ])('refuses a query that goes along in the same words as without it: %s', async (_what, sudoers) => {
    const { transport } = connect({ sudoers });
    const open = (along?: Command<'reads'>): Promise<unknown> =>
      openRunner({
        machine: 'pc-1',
        transport,
        dryRun: false,
        askPassword: async () => undefined,
        ...(along === undefined ? {} : { along }),
      });
    const alone = await kmonErrorOf(open());
    const refused = await kmonErrorOf(open(reads`: ${'x'.repeat(10_000)}; touch /root/never`));
    const { code, message, evidence, hint } = alone;
    expect(refused).toMatchObject({ code, message, evidence, hint });
    expect(existsSync('/root/never')).toBe(false);
  });

  it('keeps a query that goes along out of the log of sudo', async () => {
    const log = join(home, 'sudo.log');
    const { transport } = connect({
      sudoers: [`Defaults:USER logfile=${log}`, 'USER ALL=(ALL) NOPASSWD: ALL'],
    });
    const along = reads`echo ${'along'}`;
    const { runner } = await openRunner({
      machine: 'pc-1',
      transport,
      dryRun: false,
      askPassword: async () => undefined,
      along,
    });
    expect((await runner.query(along)).stdout).toBe('along\n');
    expect(readFileSync(log, 'utf8')).toContain('COMMAND=');
    expect(readFileSync(log, 'utf8')).not.toContain('along');
  });

  it('takes the right password, and shows it nowhere', async () => {
    const { transport } = connect({ sudoers: ['USER ALL=(ALL) ALL'] });
    const sudo = await probe(transport, PASSWORD);
    expect([sudo.mode, asked]).toEqual(['password', 1]);
    const traces: Parameters<Trace>[0][] = [];
    const run = liveRunner({ machine: 'pc-1', transport, sudo, trace: (t) => traces.push(t) });
    const error = await kmonErrorOf(
      run.mutate(
        'fail',
        withOptions(changes`cat >&2; tr '\0' ' ' </proc/$PPID/cmdline >&2; exit 3`, {
          stdin: new Secret(`say ${PASSWORD}`),
        }),
      ),
    );
    expect(error.message).toContain('could not fail: ');
    expect(traces).toMatchObject([
      { type: 'command-started', intent: 'fail' },
      { type: 'command', exitCode: 3, intent: 'fail', verb: 'mutate' },
    ]);
    const everything = JSON.stringify([error, error.stack, error.evidence, traces, sudo]);
    expect(everything).toContain('***');
    expect(everything).not.toContain('Gr8');
  });

  it('leaves no mark of a first sudo in the home folder, and keeps one that was there', async () => {
    const { transport, user: u } = connect({ sudoers: ['USER ALL=(ALL) ALL'] });
    execFileSync('usermod', ['--append', '--groups', 'sudo', u.name]);
    const mark = join(u.home, '.sudo_as_admin_successful');
    const open = (): ReturnType<typeof openRunner> =>
      openRunner({
        machine: 'pc-1',
        transport,
        dryRun: false,
        askPassword: async () => new Secret(PASSWORD),
      });
    const first = await open();
    await first.runner.query(reads`true`);
    expect(existsSync(mark)).toBe(true);
    await first.leave();
    expect(existsSync(mark)).toBe(false);
    writeFileSync(mark, '');
    await (await open()).leave();
    expect(existsSync(mark)).toBe(true);
  });

  it('leaves no such mark either when another run of kmon comes and goes meanwhile', async () => {
    const { transport, user: u } = connect({ sudoers: ['USER ALL=(ALL) NOPASSWD: ALL'] });
    execFileSync('usermod', ['--append', '--groups', 'sudo', u.name]);
    const open = (): ReturnType<typeof openRunner> =>
      openRunner({ machine: 'pc-1', transport, dryRun: false, askPassword: async () => undefined });
    const first = await open();
    await (await open()).leave();
    await first.runner.query(reads`true`);
    await first.leave();
    expect(existsSync(join(u.home, '.sudo_as_admin_successful'))).toBe(false);
  });

  it('tries a wrong password once', async () => {
    const log = join(home, 'sudo.log');
    const { transport, user: u } = connect({
      sudoers: [`Defaults:USER logfile=${log}`, 'USER ALL=(ALL) ALL'],
    });
    const error = await kmonErrorOf(probe(transport, 'guess-me'));
    expect(error).toMatchObject({
      code: 'no-sudo',
      message: `sudo refuses the password of ${u.name}`,
      context: { machine: 'pc-1' },
    });
    expect(asked).toBe(1);
    expect(readFileSync(log, 'utf8')).toContain('1 incorrect password attempt');
    expect(readFileSync(log, 'utf8')).not.toMatch(/[2-9] incorrect/);
    expect(JSON.stringify(error) + String(error.stack)).not.toContain('guess-me');
  });

  it('says so when nobody can be asked', async () => {
    const { transport, user: u } = connect({ sudoers: ['USER ALL=(ALL) ALL'] });
    const error = await kmonErrorOf(probe(transport));
    expect(error).toMatchObject({
      code: 'no-sudo',
      message: `sudo asks for the password of ${u.name}, and there is no terminal to ask on`,
    });
    expect(error.hint).toContain('sudoPasswordFile');
  });

  it('tells a user who is not in sudoers', async () => {
    const { transport, user: u } = connect({});
    const error = await kmonErrorOf(probe(transport, PASSWORD));
    expect(error).toMatchObject({
      code: 'no-sudo',
      message: `${u.name} may not become root with sudo`,
      evidence: `${u.name} is not in the sudoers file.`,
      hint: `let ${u.name} use sudo on pc-1 (as root: adduser ${u.name} sudo)`,
    });
  });

  it('tells a user who may run some commands only', async () => {
    const { transport, user: u } = connect({ sudoers: ['USER ALL=(ALL) NOPASSWD: /usr/bin/true'] });
    const error = await kmonErrorOf(probe(transport, PASSWORD));
    expect(error).toMatchObject({ code: 'no-sudo', message: `${u.name} may not become root with sudo` });
    expect(error.evidence).toContain('is not allowed to execute');
  });

  it.each([
    ['without a password', 'NOPASSWD: ALL', undefined],
    ['by password', 'ALL', PASSWORD],
  ])('gives a sudo that wants a terminal one, %s, and keeps every byte', async (_how, rule, password) => {
    const { transport } = connect({
      sudoers: ['Defaults:USER requiretty', 'Defaults:USER lecture=always', `USER ALL=(ALL) ${rule}`],
    });
    const control = await transport.exec('sudo -k -n true');
    expect(control.stderr).toContain('you must have a tty to run sudo');
    const privilege = await probe(transport, password);
    expect(privilege).toMatchObject({ terminal: true });
    const runner = liveRunner({ machine: 'pc-1', transport, sudo: privilege });
    // Control characters, line ends and a long line: what a terminal would not leave alone.
    const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7) % 256));
    const echoed = await runner.query(withOptions(reads`id -u; base64 -w0`, { stdin: bytes }));
    expect(echoed.stdout).toBe(`0\n${bytes.toString('base64')}`);
    const split = await runner.query(withOptions(reads`echo out; echo err >&2; exit 7`, { ok: [7] }));
    expect(split).toMatchObject({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
    expect((await runner.query(reads`echo ${'x'.repeat(10_000)} | wc -c`)).stdout).toBe('10001\n');
  });

  it('tells who may not, also where sudo wants a terminal', async () => {
    const wrong = connect({ sudoers: ['Defaults:USER requiretty', 'USER ALL=(ALL) ALL'] });
    const error = await kmonErrorOf(probe(wrong.transport, 'surely not this'));
    expect(error.message).toBe(`sudo refuses the password of ${wrong.user.name}`);
    expect(JSON.stringify(error)).not.toContain('surely not this');
  });

  it('understands a sudo that speaks French', async () => {
    const french = 'export LC_ALL=C.UTF-8 LANGUAGE=fr\n';
    const { transport, user: u } = connect({ shell: '/bin/bash', files: { '.bashrc': french } });
    const control = await transport.exec('sudo -k -n true');
    // Slim images leave the translations out: then this is a test of the English alone.
    if (existsSync('/usr/share/locale/fr/LC_MESSAGES/sudo.mo'))
      expect(control.stderr).toContain('il est nécessaire de saisir un mot de passe');
    expect((await kmonErrorOf(probe(transport, PASSWORD))).message).toBe(
      `${u.name} may not become root with sudo`,
    );
    expect((await kmonErrorOf(probe(transport, 'wrong'))).message).toBe(
      `sudo refuses the password of ${u.name}`,
    );
  });

  it('tells a machine without sudo', async () => {
    const here = localTransport('pc-1');
    const { user: u } = connect({});
    // A mount namespace of its own, in which sudo is no program.
    const without: Transport = {
      ...here,
      exec: (wire, options) =>
        here.exec(
          `exec unshare -m sh -c ${quote(`mount --bind /dev/null /usr/bin/sudo && exec runuser -u ${u.name} -- sh -c ${quote(wire)}`)}`,
          options,
        ),
    };
    expect(await kmonErrorOf(probe(without, PASSWORD))).toMatchObject({
      code: 'no-sudo',
      message: `sudo is not installed, and ${u.name} is not root`,
    });
    await here.close();
  });

  it('tells a sudo that cannot gain privileges', async () => {
    const here = localTransport('pc-1');
    const { user: u } = connect({ sudoers: ['USER ALL=(ALL) NOPASSWD: ALL'] });
    const confined: Transport = {
      ...here,
      exec: (wire, options) =>
        here.exec(`exec setpriv --no-new-privs runuser -u ${u.name} -- sh -c ${quote(wire)}`, options),
    };
    expect(await kmonErrorOf(probe(confined, PASSWORD))).toMatchObject({
      code: 'no-sudo',
      message: 'sudo cannot gain privileges in this session',
    });
    await here.close();
  });

  it('becomes root once for many commands', async () => {
    const log = join(home, 'sudo.log');
    const { transport } = connect({ sudoers: ['USER ALL=(ALL) ALL', `Defaults:USER logfile=${log}`] });
    const times = (): number => readFileSync(log, 'utf8').match(/USER=root/g)?.length ?? 0;
    const run = liveRunner({ machine: 'pc-1', transport, sudo: await probe(transport, PASSWORD) });
    const before = times();
    for (let i = 0; i < 20; i += 1) {
      expect((await run.query(reads`id -u; echo ${i}`)).stdout).toBe(`0\n${i}\n`);
      expect((await run.query(withOptions(reads`cat`, { stdin: `${i}` }))).stdout).toBe(`${i}`);
    }
    expect(times() - before).toBe(1);
  });

  it('keeps the password from the script when sudo needs none any more', async () => {
    const { transport, user: u } = connect({ sudoers: ['USER ALL=(ALL) ALL'] });
    const sudo = await probe(transport, PASSWORD);
    writeFileSync(join('/etc/sudoers.d', u.name), `${u.name} ALL=(ALL) NOPASSWD: ALL\n`);
    const run = liveRunner({ machine: 'pc-1', transport, sudo });
    for (const padding of ['', 'x'.repeat(20_000)]) {
      const command = withOptions(reads`: ${padding}; cat`, { stdin: 'the stdin\n' });
      expect((await run.query(command)).stdout).toBe('the stdin\n');
    }
  });

  it('tells a sudo that refuses later on', async () => {
    const { transport, user: u } = connect({ sudoers: ['USER ALL=(ALL) NOPASSWD: ALL'] });
    const run = liveRunner({ machine: 'pc-1', transport, sudo: await probe(transport) });
    rmSync(join('/etc/sudoers.d', u.name));
    expect(await kmonErrorOf(run.mutate('try', changes`true`))).toMatchObject({
      code: 'no-sudo',
      evidence: 'sudo: a password is required',
      context: { machine: 'pc-1', command: 'true' },
    });
    writeFileSync(join('/etc/sudoers.d', u.name), `${u.name} ALL=(ALL) ALL\n`);
    const asking = liveRunner({ machine: 'pc-1', transport, sudo: await probe(transport, PASSWORD) });
    execFileSync('chpasswd', { input: `${u.name}:another one\n` });
    const changed = await kmonErrorOf(asking.query(withOptions(reads`cat`, { stdin: 'a\nb\nc\n' })));
    expect(changed.code).toBe('no-sudo');
  });
});
