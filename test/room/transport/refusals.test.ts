import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openRunner } from '../../../src/runner/open.js';
import { reads } from '../../../src/shell/command.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { testPool } from '../../support/open-ssh.js';
import { makeKey, startSshd, temporaryFolder } from '../../support/sshd.js';
import type { SshdOptions } from '../../support/sshd.js';
import { makeUser } from '../../support/users.js';
import type { UserOptions } from '../../support/users.js';

const PASSWORD = 'Zw3i Äpfel';
const BANNER = 'Authorized users only. All is logged.';
const BOOTING =
  'System is booting up. Unprivileged users are not permitted to log in yet. Please come back later. For technical details, see pam_nologin(8).';
const GOING_DOWN =
  'System is going down. Unprivileged users are not permitted to log in anymore. For technical details, see pam_nologin(8).';

const AUTH = ['auth required pam_unix.so', 'session required pam_permit.so', 'password required pam_unix.so'];
const NOLOGIN = [...AUTH, 'account required pam_nologin.so file=DIR/file'];
const UNIX = [...AUTH, 'account required pam_unix.so'];
const ACCESS = [...AUTH, 'account required pam_access.so accessfile=DIR/file'];
const FAILLOCK = [
  'auth required pam_faillock.so preauth dir=DIR/faillock deny=1',
  'auth sufficient pam_unix.so',
  'auth [default=die] pam_faillock.so authfail dir=DIR/faillock deny=1',
  'account required pam_permit.so',
];
const BY_QUESTION = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];

/** One way to be turned away by a real sshd, and what kmon says then. */
interface Case {
  readonly sshd?: SshdOptions;
  /** Text of the file that the PAM service names. */
  readonly file?: string;
  readonly user?: UserOptions;
  /** What root does to the user, who is its first word. */
  readonly before?: string;
  /** What stands before the key in authorized_keys; `false`: it is not there. */
  readonly key?: string | false;
  /** With a password, and no key. */
  readonly password?: string;
  /** Of so many logins in a row the last one counts. Default: the first. */
  readonly times?: number;
  readonly message: RegExp;
  /** The machine's own words. */
  readonly evidence: RegExp;
  readonly hint: RegExp;
  /** Must not be told as the machine's reason. */
  readonly not?: RegExp;
}

/** sshd says the same to all of these: no. The remedy must not know better. */
const SILENT = {
  message: /^127\.0\.0\.1 refuses to let USER in \(tried: key KEY\)$/,
  evidence: /^the machine takes: publickey$/,
  hint: /^let your key in there \(ssh-copy-id .*\); if that is right, read the log of its SSH server \(sudo journalctl -u ssh\): it alone tells a login shell that does not exist, a locked or expired account, and AllowUsers$/,
};
const KEYS_ONLY = 'PasswordAuthentication no';

const CASES: Readonly<Record<string, Case>> = {
  'it is starting': {
    sshd: { pam: NOLOGIN },
    file: BOOTING,
    message: /^127\.0\.0\.1 lets nobody in while it is starting$/,
    evidence:
      /^System is booting up\. Unprivileged users are not permitted to log in yet\. Please come back later\./,
    hint: /^wait a minute until pc-1 has started, and run the command again$/,
  },
  'it is starting, and the user has a password': {
    sshd: { pam: NOLOGIN },
    file: BOOTING,
    password: PASSWORD,
    message: /^127\.0\.0\.1 lets nobody in while it is starting$/,
    evidence: /^System is booting up\./,
    hint: /^wait a minute/,
  },
  'it is starting, and has a banner for everybody': {
    sshd: { pam: NOLOGIN, config: ['Banner DIR/banner'] },
    file: BOOTING,
    message: /^127\.0\.0\.1 lets nobody in while it is starting$/,
    evidence: /^System is booting up\./,
    hint: /^wait a minute/,
    not: /Authorized/,
  },
  'it is shutting down': {
    sshd: { pam: NOLOGIN },
    file: GOING_DOWN,
    message: /^127\.0\.0\.1 lets nobody in, since it is shutting down$/,
    evidence: /^System is going down\./,
    hint: /^wait until pc-1 is on again/,
  },
  'the administrator has closed it': {
    sshd: { pam: NOLOGIN },
    file: 'Salle 12 fermée: travaux.\nRetour lundi.\n',
    message: /^127\.0\.0\.1 hangs up instead of letting USER in$/,
    evidence: /^Salle 12 fermée: travaux\.\nRetour lundi\.$/,
    hint: /journalctl -u ssh.*turns USER away$/,
  },
  'the account has expired': {
    sshd: { pam: UNIX },
    before: 'chage -E 1 "$1"',
    message: /^127\.0\.0\.1 does not let USER in: the account has expired$/,
    evidence: /^Your account has expired; please contact your system administrator\.$/,
    hint: /chage -E -1 USER/,
  },
  'the account has expired, without PAM': {
    sshd: { config: [KEYS_ONLY] },
    before: 'chage -E 1 "$1"',
    ...SILENT,
  },
  'a rule of PAM, without a word': {
    sshd: { pam: ACCESS },
    file: '-:ALL:ALL\n',
    message: /^127\.0\.0\.1 hangs up instead of letting USER in$/,
    evidence: /^$/,
    hint: /journalctl -u ssh.*turns USER away$/,
  },
  'a rule of PAM, without a word, and a banner for everybody': {
    sshd: { pam: ACCESS, config: ['Banner DIR/banner'] },
    file: '-:ALL:ALL\n',
    message: /^127\.0\.0\.1 hangs up instead of letting USER in$/,
    evidence: /^$/,
    hint: /journalctl -u ssh/,
    not: /Authorized/,
  },
  'the password must be changed, and the key is right': {
    sshd: { pam: UNIX },
    before: 'chage -d 0 "$1"',
    message: /^it wants a new password of the user first$/,
    evidence: /^Password change required but no TTY available\.$/,
    hint: /^log in to pc-1 by hand as USER, change the password/,
  },
  'the password must be changed': {
    sshd: { pam: UNIX },
    before: 'chage -d 0 "$1"',
    password: PASSWORD,
    message: /^it wants a new password of the user first$/,
    evidence: /^Password change required but no TTY available\.$/,
    hint: /change the password/,
  },
  'the password must be changed, by questions': {
    sshd: { pam: UNIX, config: BY_QUESTION },
    before: 'chage -d 0 "$1"',
    password: PASSWORD,
    message: /^127\.0\.0\.1 wants a new password of USER first$/,
    evidence: /^You are required to change your password immediately/,
    hint: /change the password/,
  },
  'words of PAM before a question, and a wrong password': {
    sshd: {
      pam: ['auth optional pam_echo.so The room is closed until Monday.', ...AUTH],
      config: BY_QUESTION,
    },
    password: 'guess-me',
    message: /^127\.0\.0\.1 refuses to let USER in \(tried: the password\)$/,
    evidence: /^The room is closed until Monday\.; the machine takes: /,
    hint: /^check user and password by hand/,
  },
  'the account is locked after wrong passwords': {
    sshd: { pam: FAILLOCK, config: BY_QUESTION },
    password: 'guess-me',
    times: 2,
    message: /^127\.0\.0\.1 does not let USER in: the account is locked$/,
    evidence: /^The account is locked due to 1 failed logins\./,
    hint: /faillock --user USER --reset/,
  },
  'a login shell that does not exist': {
    sshd: { config: [KEYS_ONLY] },
    before: 'usermod -s /bin/no-such-shell "$1" 2>/dev/null',
    ...SILENT,
  },
  'a locked account': { sshd: { config: [KEYS_ONLY] }, before: 'usermod -p "!" "$1"', ...SILENT },
  AllowUsers: { sshd: { config: [KEYS_ONLY, 'AllowUsers nobody'] }, ...SILENT },
  DenyUsers: { sshd: { config: [KEYS_ONLY, 'DenyUsers kmon-t*'] }, ...SILENT },
  'a key that it does not know': { sshd: { config: [KEYS_ONLY] }, key: false, ...SILENT },
  'a key that it does not know, and a banner for everybody': {
    sshd: { config: [KEYS_ONLY, 'Banner DIR/banner'] },
    key: false,
    ...SILENT,
    not: /Authorized/,
  },
  'too many attempts': {
    sshd: { config: [KEYS_ONLY, 'MaxAuthTries 1'] },
    key: false,
    message: /^127\.0\.0\.1 refuses to let USER in \(tried: key KEY\)$/,
    evidence: /^Too many authentication failures/,
    hint: /read the log of its SSH server/,
  },
  'a login shell that only says no': {
    user: { shell: '/usr/sbin/nologin' },
    message: /^it lets the user in, and runs no commands$/,
    evidence: /^This account is currently not available\.$/,
    hint: /usermod -s \/bin\/bash USER/,
  },
  'a shell whose start file ends it': {
    user: { shell: '/bin/bash', files: { '.bashrc': 'echo goodbye; exit 0\n' } },
    message: /^the login works, but runs no commands \(it ended with exit code 0\)$/,
    evidence: /^goodbye$/,
    hint: /getent passwd.*start files.*command=.*ForceCommand/,
  },
  'a command in place of every other': {
    key: 'command="echo Backups only; exit 3" ',
    message: /^the login works, but runs no commands \(it ended with exit code 3\)$/,
    evidence: /^Backups only$/,
    hint: /command= in authorized_keys/,
  },
  'a command in place of every other, that says nothing': {
    key: 'command="cat >/dev/null" ',
    message: /^the login works, but runs no commands \(it ended with exit code 0\)$/,
    evidence: /^$/,
    hint: /command= in authorized_keys/,
  },
  'copying of files only': {
    sshd: { config: ['ForceCommand internal-sftp'] },
    message: /^it lets the user copy files, and runs no commands$/,
    evidence: /^This service allows sftp connections only\.$/,
    hint: /ForceCommand/,
  },
};

describe('a machine that turns a user away', () => {
  const done: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const undo of done.splice(0).toReversed()) await undo();
  });

  const home = (): string => {
    const dir = temporaryFolder('home');
    chmodSync(dir, 0o711);
    done.push(() => {
      rmSync(dir, { recursive: true });
    });
    return dir;
  };
  const server = async (options: SshdOptions, dir: string): ReturnType<typeof startSshd> => {
    writeFileSync(join(dir, 'banner'), `${BANNER}\n`, { mode: 0o644 });
    const config = (options.config ?? []).map((line) => line.replace('DIR', dir));
    const sshd = await startSshd({ ...options, config });
    done.push(() => sshd.stop());
    return sshd;
  };

  it.each(Object.entries(CASES))('%s', async (_what, c) => {
    const dir = home();
    const sshd = await server(c.sshd ?? {}, dir);
    if (c.file !== undefined) writeFileSync(join(sshd.dir, 'file'), c.file);
    const user = makeUser({ password: PASSWORD, sudoers: ['USER ALL=(ALL) NOPASSWD: ALL'], ...c.user });
    done.push(() => {
      user.remove();
    });
    const key = makeKey(sshd.dir, 'key');
    if (c.key !== false) sshd.authorize(user.name, `${c.key ?? ''}${key.publicKey}`);
    if (c.before !== undefined) execFileSync('sh', ['-c', c.before, 'sh', user.name]);
    const attempt = async (): Promise<Awaited<ReturnType<typeof kmonErrorOf>>> => {
      const login = { host: sshd.host, port: sshd.port, user: user.name };
      const pool = testPool({
        home: dir,
        logins: { 'pc-1': c.password === undefined ? { ...login, keyFile: key.file } : login },
        answers: c.password === undefined ? {} : { password: c.password },
      });
      try {
        return await kmonErrorOf(
          openRunner({
            machine: 'pc-1',
            transport: pool.transport('pc-1'),
            dryRun: false,
            askPassword: async () => undefined,
          }),
        );
      } finally {
        await pool.close();
      }
    };
    for (let time = 1; time < (c.times ?? 1); time += 1) await attempt();
    const error = await attempt();
    const plain = (text = ''): string => text.replaceAll(user.name, 'USER').replaceAll(key.file, 'KEY');
    expect(error.code).toBe('login-refused');
    expect(plain(error.message)).toMatch(c.message);
    expect(plain(error.evidence)).toMatch(c.evidence);
    expect(plain(error.hint)).toMatch(c.hint);
    expect(error.context.machine).toBe('pc-1');
    if (c.not !== undefined) expect(`${error.message} ${error.evidence ?? ''}`).not.toMatch(c.not);
    if (c.password !== undefined) expect(JSON.stringify(error)).not.toContain(c.password);
  });

  it('a server that takes no more logins for now', async () => {
    const dir = home();
    const sshd = await server({ config: ['MaxStartups 1:100:1'] }, dir);
    const first = await held(sshd.port);
    done.push(() => void first.destroy());
    const login = { host: sshd.host, port: sshd.port, user: 'nobody' };
    const pool = testPool({ home: dir, logins: { 'pc-1': login } });
    done.push(() => pool.close());
    expect(await kmonErrorOf(pool.open('pc-1'))).toMatchObject({
      code: 'unreachable',
      message: `port ${sshd.port} of 127.0.0.1 takes no more logins for now`,
      evidence: 'Exceeded MaxStartups',
      hint: 'wait a minute, and run the command again',
    });
  });

  it('is no banner for everybody, nor a talkative shell: they keep nobody out', async () => {
    const dir = home();
    const sshd = await server({ config: ['Banner DIR/banner'] }, dir);
    const user = makeUser({
      sudoers: ['USER ALL=(ALL) NOPASSWD: ALL'],
      shell: '/bin/bash',
      files: { '.bashrc': `echo '${BOOTING}'; echo 'This account is currently not available.' >&2\n` },
    });
    done.push(() => {
      user.remove();
    });
    const key = makeKey(sshd.dir, 'key');
    sshd.authorize(user.name, key.publicKey);
    const login = { host: sshd.host, port: sshd.port, user: user.name, keyFile: key.file };
    const pool = testPool({ home: dir, logins: { 'pc-1': login } });
    done.push(() => pool.close());
    const transport = pool.transport('pc-1');
    const { runner } = await openRunner({
      machine: 'pc-1',
      transport,
      dryRun: false,
      askPassword: async () => undefined,
    });
    expect((await runner.query(reads`id -u`)).stdout).toBe('0\n');
  });
});

/** A connection on which nobody logs in: the server waits for it, and for no other. */
async function held(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    // The place may still be that of whoever looked whether the server is there.
    if (greeting.toString().startsWith('SSH-')) return socket;
    socket.destroy();
  }
}
