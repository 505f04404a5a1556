import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { SshLogin } from '../../../src/config/config.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { testPool } from '../../support/open-ssh.js';
import type { TestPool, TestPoolOptions } from '../../support/open-ssh.js';
import { startAgent } from '../../support/ssh-agent.js';
import { makeKey, startSshd, temporaryFolder } from '../../support/sshd.js';
import type { KeyPair, Sshd, SshdOptions } from '../../support/sshd.js';
import { makeUser } from '../../support/users.js';
import type { TestUser } from '../../support/users.js';

const PASSWORD = 'Zw3i Äpfel & "Birnen"';

/** Real logins at a real sshd, each with a home folder of its own. */
describe('login', () => {
  let sshd: Sshd;
  let user: TestUser;
  let other: TestUser;
  let home: string;
  let key: KeyPair;
  const pools: TestPool[] = [];

  beforeAll(async () => {
    user = makeUser({ password: PASSWORD });
    other = makeUser({ password: PASSWORD });
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.stop();
    user.remove();
    other.remove();
  });
  beforeEach(() => {
    home = temporaryFolder('home');
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
    key = makeKey(home, 'key');
    sshd.authorize(user.name, key.publicKey);
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    rmSync(home, { recursive: true, force: true });
  });

  const at = (login: Partial<SshLogin> = {}, server: Sshd = sshd): SshLogin => ({
    host: server.host,
    port: server.port,
    user: user.name,
    ...login,
  });
  const open = (login: SshLogin, options: Partial<TestPoolOptions> = {}): TestPool => {
    const pool = testPool({ home, logins: { 'pc-1': login, 'pc-2': login }, ...options });
    pools.push(pool);
    return pool;
  };
  const whoami = async (pool: TestPool, machine = 'pc-1'): Promise<string> =>
    (await pool.transport(machine).exec('id -un')).stdout.trim();
  const server = async (options: SshdOptions): Promise<Sshd> => {
    const special = await startSshd(options);
    onTestFinished(() => special.stop());
    special.authorize(user.name, key.publicKey);
    return special;
  };
  const secretFile = (name: string, text: string, mode = 0o600): string => {
    const file = join(home, name);
    writeFileSync(file, text, { mode });
    chmodSync(file, mode);
    return file;
  };
  /** What happened at the server since. */
  const logSince = (server: Sshd = sshd): (() => string) => {
    const before = server.log().length;
    return () => server.log().slice(before);
  };

  it('takes the key that kmon.yaml names', async () => {
    const pool = open(at({ keyFile: key.file }));
    expect(await whoami(pool)).toBe(user.name);
    expect(pool.questions).toEqual([]);
  });

  it('takes name, port, user and key from the ssh configuration', async () => {
    writeFileSync(
      join(home, '.ssh/config'),
      `Host lab-*\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User ${user.name}\n  IdentityFile ${home}/%r-key\n`,
    );
    makeKey(home, `${user.name}-key`);
    rmSync(join(home, `${user.name}-key`));
    writeFileSync(join(home, `${user.name}-key`), readText(key.file), { mode: 0o600 });
    expect(await whoami(open({ host: 'lab-1' }))).toBe(user.name);
  });

  it('takes the default keys and the name of the user here', async () => {
    const own = makeKey(join(home, '.ssh'), 'id_rsa', 'rsa');
    sshd.authorize(user.name, own.publicKey);
    const pool = open({ host: sshd.host, port: sshd.port }, { localUser: user.name });
    expect(await whoami(pool)).toBe(user.name);
  });

  it('takes a key of the agent', async () => {
    const agent = await startAgent(home);
    onTestFinished(agent.stop);
    const held = makeKey(home, 'held', 'ecdsa');
    agent.add(held.file);
    rmSync(held.file);
    sshd.authorize(user.name, held.publicKey);
    expect(await whoami(open(at(), { agentSocket: agent.socket }))).toBe(user.name);
  });

  it('takes only the named key of the agent with IdentitiesOnly', async () => {
    const agent = await startAgent(home);
    onTestFinished(agent.stop);
    const many = [1, 2, 3, 4, 5, 6, 7].map((i) => makeKey(home, `k${i}`));
    agent.add(...many.map((k) => k.file));
    const mine = many[6] ?? key;
    sshd.authorize(user.name, mine.publicKey);
    rmSync(mine.file); // its public half stays
    writeFileSync(join(home, '.ssh/config'), `IdentitiesOnly yes\nIdentityFile ${mine.file}\n`);
    expect(await whoami(open(at(), { agentSocket: agent.socket }))).toBe(user.name);
  });

  it('goes on without an agent that is not there', async () => {
    const pool = open(at({ keyFile: key.file }), { agentSocket: join(home, 'gone.sock') });
    expect(await whoami(pool)).toBe(user.name);
    const refused = await kmonErrorOf(open(at(), { agentSocket: join(home, 'gone.sock') }).open('pc-1'));
    expect(refused.code).toBe('login-refused');
  });

  it('comes to the password when the agent has more keys than the machine listens to', async () => {
    const agent = await startAgent(home);
    onTestFinished(agent.stop);
    agent.add(...[1, 2, 3, 4, 5, 6, 7].map((i) => makeKey(home, `k${i}`).file));
    const passwordFile = secretFile('password', `${PASSWORD}\n`);
    expect(await whoami(open(at({ passwordFile }), { agentSocket: agent.socket }))).toBe(user.name);
  });

  it('comes to the password when the machine listens to one attempt', async () => {
    const strict = await server({ config: ['MaxAuthTries 1'] });
    const keyFile = makeKey(home, 'unknown').file;
    const passwordFile = secretFile('password', `${PASSWORD}\n`);
    expect(await whoami(open(at({ keyFile, passwordFile }, strict)))).toBe(user.name);
  });

  it('asks for a passphrase once, for all machines, and again when it is wrong', async () => {
    const locked = makeKey(home, 'locked', 'ed25519', 'open sesame');
    sshd.authorize(user.name, locked.publicKey);
    const login = at({ keyFile: locked.file });
    const pool = open(login, { answers: { 'once more': 'open sesame', passphrase: 'wrong' } });
    expect(await Promise.all([whoami(pool, 'pc-1'), whoami(pool, 'pc-2')])).toEqual([user.name, user.name]);
    expect(pool.questions).toEqual([
      `passphrase of the key ${locked.file}`,
      `wrong passphrase, once more: passphrase of the key ${locked.file}`,
    ]);
  });

  it('asks for no passphrase when the agent has the key', async () => {
    const locked = makeKey(home, 'locked', 'ed25519', 'open sesame');
    const plain = makeKey(home, 'plain');
    const agent = await startAgent(home);
    onTestFinished(agent.stop);
    agent.add(plain.file);
    sshd.authorize(user.name, plain.publicKey);
    const pool = open(at({ keyFile: locked.file }), { agentSocket: agent.socket });
    expect(await whoami(pool)).toBe(user.name);
    expect(pool.questions).toEqual([]);
  });

  it('says what to do when nobody can be asked', async () => {
    const locked = makeKey(home, 'locked', 'rsa', 'open sesame');
    const error = await kmonErrorOf(open(at({ keyFile: locked.file })).open('pc-1'));
    expect(error).toMatchObject({
      code: 'login-refused',
      message: `127.0.0.1 refuses to let ${user.name} in (there was nothing to show)`,
      evidence:
        'the machine takes: publickey, password; ' +
        `nobody answered for the passphrase of ${locked.file}; nobody answered for the password of ${user.name}`,
      context: { machine: 'pc-1' },
    });
    expect(error.hint).toContain('ssh-add');
  });

  it('asks for the password once, for all machines of the user', async () => {
    const pool = open(at(), { answers: { password: PASSWORD } });
    expect(await Promise.all([whoami(pool, 'pc-1'), whoami(pool, 'pc-2')])).toEqual([user.name, user.name]);
    expect(pool.questions).toHaveLength(1);
    expect(pool.questions[0]).toContain(`password of ${user.name}`);
  });

  it('shows a refused password to a machine once, and never again', async () => {
    const log = logSince();
    const pool = open(at(), { answers: { password: 'guess-me' } });
    const errors = [
      await kmonErrorOf(pool.open('pc-1')),
      await kmonErrorOf(pool.transport('pc-1').exec('true')),
    ];
    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'login-refused',
        message: `127.0.0.1 refuses to let ${user.name} in (tried: the password)`,
        hint: expect.stringContaining(
          `check user and password by hand (ssh -p ${sshd.port} ${user.name}@127.0.0.1); if that is right, read the log`,
        ) as unknown,
      });
    }
    await expect.poll(() => log().match(/Failed password/g)).toHaveLength(1);
    expect(JSON.stringify(errors) + String(errors[0]?.stack)).not.toContain('guess-me');
  });

  it('shows the password of a file once, too', async () => {
    const log = logSince();
    const passwordFile = secretFile('password', 'guess-me\n');
    const error = await kmonErrorOf(open(at({ passwordFile })).open('pc-1'));
    expect(error.message).toBe(
      `127.0.0.1 refuses to let ${user.name} in (tried: the password in ${passwordFile})`,
    );
    await expect.poll(() => log().match(/Failed password/g)).toHaveLength(1);
  });

  it('answers keyboard-interactive with the password', async () => {
    const special = await server({
      config: ['UsePAM yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication yes'],
    });
    const pool = open(at({}, special), { answers: { password: PASSWORD } });
    expect(await whoami(pool)).toBe(user.name);
    const log = logSince(special);
    const error = await kmonErrorOf(
      open(at({}, special), { answers: { password: 'guess-me' } }).open('pc-1'),
    );
    expect(error.code).toBe('login-refused');
    // sshd's monitor writes its log after the client has its answer.
    await expect.poll(() => log().match(/Failed keyboard-interactive/g)).toHaveLength(1);
  });

  it('gives key and password to a machine that wants both', async () => {
    const special = await server({ config: ['AuthenticationMethods publickey,password'] });
    const pool = open(at({ keyFile: key.file }, special), { answers: { password: PASSWORD } });
    expect(await whoami(pool)).toBe(user.name);
  });

  it('tells a refused key, and how to let it in', async () => {
    const stranger = makeKey(home, 'stranger');
    const special = await server({ config: ['PasswordAuthentication no'] });
    const error = await kmonErrorOf(open(at({ keyFile: stranger.file }, special)).open('pc-1'));
    expect(error).toMatchObject({
      code: 'login-refused',
      message: `127.0.0.1 refuses to let ${user.name} in (tried: key ${stranger.file})`,
      evidence: 'the machine takes: publickey',
      hint: expect.stringContaining(
        `let your key in there (ssh-copy-id -p ${special.port} ${user.name}@127.0.0.1); if that is right, read the log`,
      ) as unknown,
    });
  });

  it('refuses secrets that others can read, before it connects', async () => {
    const log = logSince();
    const open644 = secretFile('open', `${PASSWORD}\n`, 0o644);
    expect(await kmonErrorOf(open(at({ passwordFile: open644 })).open('pc-1'))).toMatchObject({
      code: 'config',
      message: `the password file ${open644} is open to other users (mode 0644)`,
      hint: `chmod 600 ${open644}`,
    });
    chmodSync(key.file, 0o640);
    expect(await kmonErrorOf(open(at({ keyFile: key.file })).open('pc-1'))).toMatchObject({
      code: 'config',
      message: `the ssh key ${key.file} is open to other users (mode 0640)`,
      hint: `chmod 600 ${key.file}`,
    });
    expect(log()).toBe('');
  });

  it('passes over a default key that others can read, and says so when the login fails', async () => {
    const own = makeKey(join(home, '.ssh'), 'id_ed25519');
    sshd.authorize(user.name, own.publicKey);
    chmodSync(own.file, 0o644);
    const error = await kmonErrorOf(open(at()).open('pc-1'));
    expect(error.evidence).toContain(`the ssh key ${own.file} is open to other users (mode 0644)`);
  });

  it.each([
    ['is missing', (): string => join(home, 'missing'), /^the ssh key .*missing does not exist$/],
    ['is public', (): string => pub(key), /^.*key.pub is a public key$/],
    [
      'is none',
      (): string => secretFile('none', 'no key\n'),
      /is damaged or of a kind that kmon does not know$/,
    ],
  ])('refuses a key of kmon.yaml that %s', async (_what, file, message) => {
    const error = await kmonErrorOf(open(at({ keyFile: file() })).open('pc-1'));
    expect(error.code).toBe('config');
    expect(error.message).toMatch(message);
    expect(error.hint).toBeDefined();
  });

  function pub(pair: KeyPair): string {
    return secretFile('key.pub', `${pair.publicKey}\n`);
  }
});

function readText(file: string): string {
  return readFileSync(file, 'utf8');
}
