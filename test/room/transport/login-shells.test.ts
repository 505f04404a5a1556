import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunner } from '../../../src/runner/open.js';
import type { Runner } from '../../../src/runner/runner.js';
import { changes, reads, withOptions } from '../../../src/shell/command.js';
import { Secret } from '../../../src/shell/secret.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { testPool } from '../../support/open-ssh.js';
import type { TestPool } from '../../support/open-ssh.js';
import { makeKey, startSshd, temporaryFolder } from '../../support/sshd.js';
import type { Sshd } from '../../support/sshd.js';
import { makeUser } from '../../support/users.js';
import type { TestUser, UserOptions } from '../../support/users.js';

const NOISE = 'echo "Welcome, café! `x` $HOME"; echo noise >&2';
const PASSWORD = "pass word 'quoted' !1";
const NOPASSWD = ['USER ALL=(ALL) NOPASSWD: ALL'];

/** Shells that students have, quiet and talkative. */
const SHELLS: Readonly<Record<string, UserOptions>> = {
  sh: { shell: '/bin/sh' },
  bash: { shell: '/bin/bash' },
  'bash with a talkative .bashrc in French': {
    shell: '/bin/bash',
    files: {
      '.bashrc': `${NOISE}\nexport LANG=fr_FR.UTF-8 LC_ALL=fr_FR.UTF-8 LANGUAGE=fr\nset -u\nalias sh=false\ncd /tmp\numask 077\n`,
    },
  },
  zsh: { shell: '/usr/bin/zsh', files: { '.zshenv': `${NOISE}\nsetopt sh_word_split\n` } },
  fish: { shell: '/usr/bin/fish', files: { '.config/fish/config.fish': 'echo Welcome; echo noise >&2\n' } },
  tcsh: { shell: '/usr/bin/tcsh', files: { '.cshrc': 'echo Welcome\nset echo\n' } },
  'BSD csh': { shell: '/bin/bsd-csh', files: { '.cshrc': 'echo Welcome\nset noglob\n' } },
};

describe.each(Object.entries(SHELLS))('a user of %s', (_shell, options) => {
  describe.each([
    ['with sudo without a password', NOPASSWD, undefined],
    ['with sudo by password', ['Defaults:USER use_pty', 'USER ALL=(ALL) ALL'], PASSWORD],
  ] as const)('%s', (_how, sudoers, password) => {
    let sshd: Sshd;
    let user: TestUser;
    let home: string;
    let pool: TestPool;
    let run: Runner;

    beforeAll(async () => {
      if (options.shell !== undefined && !existsSync(options.shell))
        throw new Error(`install ${options.shell}`);
      home = temporaryFolder('home');
      user = makeUser({ ...options, sudoers, ...(password === undefined ? {} : { password }) });
      sshd = await startSshd();
      const key = makeKey(home, 'key');
      sshd.authorize(user.name, key.publicKey);
      pool = testPool({
        home,
        logins: { 'pc-1': { host: sshd.host, port: sshd.port, user: user.name, keyFile: key.file } },
      });
      const opened = await openRunner({
        machine: 'pc-1',
        transport: pool.transport('pc-1'),
        dryRun: false,
        askPassword: async () => (password === undefined ? undefined : new Secret(password)),
      });
      run = opened.runner;
    });
    afterAll(async () => {
      await pool.close();
      await sshd.stop();
      user.remove();
      rmSync(home, { recursive: true });
    });

    it('gets the outputs of the script alone, as root, in the C locale', async () => {
      const result = await run.query(
        reads`id -u; pwd; umask; echo "$LC_ALL|$LANGUAGE|$HOME|$PATH"; echo ${'err'} >&2; ls /no-such-file 2>&1; true`,
      );
      expect(result).toMatchObject({
        exitCode: 0,
        stdout:
          '0\n/\n0022\nC||/root|/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n' +
          "ls: cannot access '/no-such-file': No such file or directory\n",
        stderr: 'err\n',
      });
    });

    it('answers what goes along with the look for sudo, where that needs no password', async () => {
      const long = reads`: ${'x'.repeat(20_000)}; id -u; pwd; echo "$HOME|$LC_ALL"; echo err >&2; cat; exit 3`;
      const transport = pool.transport('pc-1');
      let sent = 0;
      const { runner: other } = await openRunner({
        machine: 'pc-1',
        transport: {
          ...transport,
          exec: (wire, given) => {
            sent += 1;
            return transport.exec(wire, given);
          },
          inShell: (shell, script, given) => {
            sent += 1;
            return transport.inShell(shell, script, given);
          },
        },
        dryRun: false,
        along: long,
        askPassword: async () => (password === undefined ? undefined : new Secret(password)),
      });
      const before = sent;
      expect(before).toBe(password === undefined ? 1 : 2);
      const ask = withOptions(long, { ok: [3] });
      const answer = { exitCode: 3, stdout: '0\n/\n/root|C\n', stderr: 'err\n' };
      expect(await other.query(ask)).toMatchObject(answer);
      expect(sent - before).toBe(password === undefined ? 0 : 1);
      expect(await other.query(ask)).toMatchObject(answer);
      expect(sent - before).toBe(password === undefined ? 1 : 2);
    });

    it('passes on every word as it is', async () => {
      const hostile = [
        '',
        ' ',
        "it's",
        '"',
        '$HOME `id` $(id)',
        'a\nb\n',
        '\\',
        "\\'",
        '!!',
        '!$',
        '*',
        '~',
        '-n',
        'é€😀',
        '\t\r',
        '%s%n',
        "'; exit 3; '",
      ];
      const { stdout } = await run.query(reads`for word in ${hostile}; do printf '%s\0' "$word"; done`);
      expect(stdout.split('\0').slice(0, -1)).toEqual(hostile);
    });

    it('passes on exit codes', async () => {
      const { exitCode } = await run.query(withOptions(reads`exit 77`, { ok: 'any' }));
      expect(exitCode).toBe(77);
      expect(await kmonErrorOf(run.query(reads`echo out; echo "E: broken" >&2; false`))).toMatchObject({
        code: 'command',
        message: 'a look failed: E: broken',
        context: { machine: 'pc-1' },
      });
    });

    it('gives stdin to the script untouched', async () => {
      const data = randomBytes(100_000);
      const { stdout } = await run.query(
        withOptions(reads`od -An -v -tx1 | tr -d ${' \n'}`, { stdin: data }),
      );
      expect(stdout).toBe(data.toString('hex'));
      expect((await run.query(reads`cat`)).stdout).toBe('');
      expect((await run.query(withOptions(reads`cat`, { stdin: new Secret('token\nlines') }))).stdout).toBe(
        'token\nlines',
      );
    });

    it('runs a script of half a megabyte, with a stdin besides', async () => {
      const text = 'x'.repeat(500_000);
      const long = withOptions(reads`v=${text}; printf %s "$v" | wc -c; cat`, { stdin: 'the rest' });
      expect((await run.query(long)).stdout).toBe('500000\nthe rest');
      const medium = withOptions(reads`v=${text.slice(0, 15_000)}; printf %s "$v" | wc -c; cat`, {
        stdin: 'the rest',
      });
      expect((await run.query(medium)).stdout).toBe('15000\nthe rest');
    });

    it('changes the machine', async () => {
      const file = `/root/${user.name}`;
      await run.mutate('make a file', changes`cat >${file}`);
      expect((await run.query(reads`stat -c '%U %a' ${file}`)).stdout).toBe('root 644\n');
      await run.mutate('remove it', changes`rm ${file}`);
    });
  });
});

describe('a login shell that runs nothing', () => {
  it.each([
    [
      '/usr/sbin/nologin',
      {},
      'This account is currently not available.',
      'it lets the user in, and runs no commands',
    ],
    [
      '/bin/bash',
      { '.bashrc': 'echo goodbye; exit 0\n' },
      'goodbye',
      'the login works, but runs no commands (it ended with exit code 0)',
    ],
  ])('%s is told', async (shell, files, evidence, message) => {
    const home = temporaryFolder('home');
    const user = makeUser({ shell, files });
    const sshd = await startSshd();
    const key = makeKey(home, 'key');
    sshd.authorize(user.name, key.publicKey);
    const login = { host: sshd.host, port: sshd.port, user: user.name, keyFile: key.file };
    const pool = testPool({ home, logins: { 'pc-1': login } });
    try {
      const error = await kmonErrorOf(
        openRunner({
          machine: 'pc-1',
          transport: pool.transport('pc-1'),
          dryRun: false,
          askPassword: async () => undefined,
        }),
      );
      expect(error).toMatchObject({ code: 'login-refused', message, evidence, context: { machine: 'pc-1' } });
    } finally {
      await pool.close();
      await sshd.stop();
      user.remove();
      rmSync(home, { recursive: true });
    }
  });
});
