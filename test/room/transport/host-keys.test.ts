import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kmonErrorOf } from '../../support/expect-error.js';
import { testPool } from '../../support/open-ssh.js';
import type { TestPool, TestPoolOptions } from '../../support/open-ssh.js';
import { makeKey, startSshd, temporaryFolder } from '../../support/sshd.js';
import type { KeyPair, KeyType, Sshd } from '../../support/sshd.js';

describe('host keys', () => {
  let sshd: Sshd;
  let client: KeyPair;
  let home: string;
  const pools: TestPool[] = [];

  beforeAll(async () => {
    sshd = await startSshd({ hostKeys: ['ed25519', 'ecdsa', 'rsa'], config: ['ForceCommand echo in'] });
    client = makeKey(sshd.dir, 'client');
    sshd.authorize('root', client.publicKey);
  });
  afterAll(() => sshd.stop());
  beforeEach(() => {
    home = temporaryFolder('home');
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    rmSync(home, { recursive: true, force: true });
  });

  const open = (options: Partial<TestPoolOptions> = {}): TestPool => {
    const login = { host: '127.0.0.1', port: sshd.port, user: 'root', keyFile: client.file };
    const pool = testPool({ home, logins: { 'pc-1': login }, ...options });
    pools.push(pool);
    return pool;
  };
  const name = (): string => `[127.0.0.1]:${sshd.port}`;
  const line = (type: KeyType): string => {
    const [kind, key] = (sshd.hostKeys[type] ?? '').split(' ');
    return `${name()} ${kind ?? ''} ${key ?? ''}\n`;
  };
  const knownHosts = (text: string): string => {
    const file = join(home, 'known_hosts');
    appendFileSync(file, text);
    return file;
  };
  const printed = (type: KeyType): string =>
    execFileSync('ssh-keygen', ['-lf', join(sshd.dir, `host_${type}.pub`)], { encoding: 'utf8' }).split(
      ' ',
    )[1] ?? '';

  it('shows a new key as ssh-keygen prints it, and pins it where ssh reads it', async () => {
    const pool = open();
    await pool.open('pc-1');
    expect(pool.newKeys).toEqual([
      { machine: 'pc-1', address: '127.0.0.1', keyType: 'ssh-ed25519', fingerprint: printed('ed25519') },
    ]);
    expect(pool.pins()).toBe(line('ed25519'));
    expect(statSync(join(home, '.kmon/known_hosts')).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, '.kmon')).mode & 0o777).toBe(0o700);
    const again = open({ hostKeys: 'pinned-only' });
    await again.open('pc-1');
    expect(again.newKeys).toEqual([]);
    expect(again.pins()).toBe(line('ed25519'));
    const ssh = [
      '-F',
      'none',
      '-o',
      `UserKnownHostsFile=${join(home, '.kmon/known_hosts')}`,
      '-i',
      client.file,
    ];
    const strict = ['-o', 'StrictHostKeyChecking=yes', '-o', 'BatchMode=yes', '-p', String(sshd.port)];
    expect(execFileSync('ssh', [...ssh, ...strict, 'root@127.0.0.1', 'x'], { encoding: 'utf8' })).toBe(
      'in\n',
    );
  });

  it.each(['ed25519', 'ecdsa', 'rsa'] as const)(
    'asks a machine for the type it is known by: %s',
    async (type) => {
      const pool = open({ hostKeys: 'pinned-only', knownHostsFiles: [knownHosts(line(type))] });
      await pool.open('pc-1');
      expect(pool.newKeys).toEqual([]);
    },
  );

  it('finds a hashed entry', async () => {
    const file = knownHosts(line('ecdsa'));
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
    expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/);
    await open({ hostKeys: 'pinned-only', knownHostsFiles: [file] }).open('pc-1');
  });

  it('knows a machine by the name ~/.ssh/config gives it, and the file it names', async () => {
    mkdirSync(join(home, '.ssh'));
    const file = knownHosts(line('ed25519').replace(name(), 'the-alias'));
    writeFileSync(join(home, '.ssh/config'), `HostKeyAlias the-alias\nUserKnownHostsFile ${file}\n`);
    await open({ hostKeys: 'pinned-only' }).open('pc-1');
  });

  it('refuses an unknown machine when only pinned ones are wanted', async () => {
    const log = sshd.log().length;
    const pool = open({ hostKeys: 'pinned-only', knownHostsFiles: [knownHosts('')] });
    const error = await kmonErrorOf(pool.open('pc-1'));
    expect(error).toMatchObject({
      code: 'host-key-unknown',
      message: '127.0.0.1 has no pinned host key',
      evidence: `shown: ssh-ed25519 ${printed('ed25519')}`,
      context: { machine: 'pc-1' },
    });
    expect(() => pool.pins()).toThrow('ENOENT');
    expect(sshd.log().slice(log)).not.toContain('Accepted');
  });

  it('refuses a changed key with its own code, and the remedy it names helps', async () => {
    await open().open('pc-1');
    const before = printed('ed25519');
    await sshd.renewHostKey('ed25519');
    const pool = open();
    const error = await kmonErrorOf(pool.open('pc-1'));
    const pins = join(home, '.kmon/known_hosts');
    expect(error).toMatchObject({
      code: 'host-key-changed',
      message: '127.0.0.1 shows another host key than the pinned one',
      evidence: `pinned: ssh-ed25519 ${before} (${pins}:1); shown: ssh-ed25519 ${printed('ed25519')}`,
      context: { machine: 'pc-1' },
    });
    // Final: the machine is not asked again.
    const log = sshd.log().length;
    expect((await kmonErrorOf(pool.transport('pc-1').exec('true'))).code).toBe('host-key-changed');
    expect(sshd.log().slice(log)).not.toContain('Connection from');
    const remedy = /ssh-keygen -R .*$/.exec(error.hint ?? '')?.[0] ?? 'false';
    execFileSync('sh', ['-c', remedy], { stdio: 'ignore' });
    const healed = open();
    await healed.open('pc-1');
    expect(healed.newKeys).toHaveLength(1);
  });

  it('takes a machine that shows only another type of key for a changed one', async () => {
    const stranger = makeKey(home, 'stranger', 'rsa');
    const [kind, key] = stranger.publicKey.split(' ');
    const only = await startSshd({ hostKeys: ['ed25519'] });
    try {
      const file = knownHosts(`[127.0.0.1]:${only.port} ${kind ?? ''} ${key ?? ''}\n`);
      const pool = open({
        logins: { 'pc-1': { host: '127.0.0.1', port: only.port, user: 'root', keyFile: client.file } },
        knownHostsFiles: [file],
      });
      expect((await kmonErrorOf(pool.open('pc-1'))).code).toBe('host-key-changed');
    } finally {
      await only.stop();
    }
  });

  it('refuses a revoked key, even one that is pinned too', async () => {
    const file = knownHosts(`${line('ed25519')}@revoked * ${line('ed25519').split(' ').slice(1).join(' ')}`);
    const error = await kmonErrorOf(open({ knownHostsFiles: [file] }).open('pc-1'));
    expect(error.code).toBe('host-key-changed');
    expect(error.message).toBe('127.0.0.1 shows a host key that was revoked');
  });
});
