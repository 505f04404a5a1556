import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SshLogin } from '../../../src/config/config.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { resolveLogin } from '../../../src/transport/login.js';
import type { ResolvedLogin, Surroundings } from '../../../src/transport/login.js';

describe('a login', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'kmon-login-'));
    mkdirSync(join(home, '.ssh'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });
  const resolve = (login: SshLogin, config = '', extra: Partial<Surroundings> = {}): ResolvedLogin => {
    writeFileSync(join(home, '.ssh/config'), config);
    return resolveLogin(login, {
      home,
      localUser: 'teacher',
      sshConfigFiles: [join(home, '.ssh/config')],
      ...extra,
    });
  };
  const failure = (login: SshLogin, config: string): KmonError => {
    try {
      resolve(login, config);
    } catch (error) {
      if (error instanceof KmonError) return error;
    }
    throw new Error('no KmonError');
  };
  const files = (login: ResolvedLogin): string[] =>
    login.keys.map((k) => `${k.from}: ${k.file.replace(home, '~')}`);
  const hops = (login: ResolvedLogin): string[] =>
    login.via === undefined
      ? []
      : [...hops(login.via), `${login.via.user}@${login.via.host}:${login.via.port}`];

  it('has defaults for everything but the host', () => {
    const login = resolve({ host: '10.0.0.5' }, '', { agentSocket: '/agent' });
    expect(login).toEqual({
      host: '10.0.0.5',
      port: 22,
      user: 'teacher',
      knownAs: { host: '10.0.0.5', port: 22 },
      knownHostsFiles: [],
      keys: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((k) => ({
        file: join(home, '.ssh', k),
        from: 'default',
      })),
      agentSocket: '/agent',
      identitiesOnly: false,
    });
  });

  it('is what kmon.yaml says before what the ssh configuration says', () => {
    const config = 'User configured\nPort 2222\nIdentityFile ~/configured\nHostName 10.9.9.9\n';
    const login = resolve(
      { host: 'pc', user: 'mine', port: 23, keyFile: '/mine', passwordFile: '/pw' },
      config,
    );
    expect(login).toMatchObject({ host: '10.9.9.9', port: 23, user: 'mine', passwordFile: '/pw' });
    expect(files(login)).toEqual(['kmon.yaml: /mine', 'ssh config: ~/configured']);
    expect(resolve({ host: 'pc' }, config)).toMatchObject({ port: 2222, user: 'configured' });
  });

  it('keeps the default keys beside the one of kmon.yaml', () => {
    expect(files(resolve({ host: 'pc', keyFile: join(home, '.ssh/id_rsa') }))).toEqual([
      'kmon.yaml: ~/.ssh/id_rsa',
      'default: ~/.ssh/id_ed25519',
      'default: ~/.ssh/id_ecdsa',
    ]);
  });

  it('knows the tokens of paths', () => {
    const config = 'HostName real-%h\nPort 2022\nUser u\nIdentityFile %d/%n-%h-%p-%r-%u-%%-%Z\n';
    expect(files(resolve({ host: 'pc' }, config))).toEqual(['ssh config: ~/pc-real-pc-2022-u-teacher-%-%Z']);
  });

  it('has no key file with IdentityFile none', () => {
    expect(files(resolve({ host: 'pc' }, 'IdentityFile none\n'))).toEqual([]);
  });

  it('takes the agent that the configuration names', () => {
    const around = { agentSocket: '/agent' };
    expect(resolve({ host: 'pc' }, 'IdentityAgent none\n', around).agentSocket).toBeUndefined();
    expect(resolve({ host: 'pc' }, 'IdentityAgent ~/own.sock\n', around).agentSocket).toBe(
      join(home, 'own.sock'),
    );
    expect(resolve({ host: 'pc' }, 'IdentityAgent SSH_AUTH_SOCK\n', around).agentSocket).toBe('/agent');
  });

  it('is known by its alias, without a port', () => {
    expect(resolve({ host: 'pc', port: 2222 }, 'HostKeyAlias room-1\n').knownAs).toEqual({
      host: 'room-1',
      port: 22,
    });
    expect(resolve({ host: 'pc', port: 2222 }).knownAs).toEqual({ host: 'pc', port: 2222 });
  });

  it('goes through jump hosts in the order written, each as configured', () => {
    const config =
      'Host pc\n ProxyJump one,admin@two:2200\nHost one\n HostName 10.0.0.1\n User first\n ProxyJump zero\n' +
      'Host two\n ProxyJump never\n';
    expect(hops(resolve({ host: 'pc' }, config))).toEqual([
      'teacher@zero:22',
      'first@10.0.0.1:22',
      'admin@two:2200',
    ]);
  });

  it('gives a jump host nothing of the machine behind it', () => {
    const login = resolve(
      { host: 'pc', keyFile: '/mine', passwordFile: '/pw', user: 'u' },
      'Host pc\n ProxyJump gate\n',
    );
    expect(login.via).toMatchObject({ user: 'teacher', host: 'gate' });
    expect(login.via).not.toHaveProperty('passwordFile');
    expect(login.via?.keys.map((k) => k.from)).not.toContain('kmon.yaml');
  });

  it('does not go through the jump host to the jump host', () => {
    expect(hops(resolve({ host: 'pc' }, 'Host *\n ProxyJump gate\n'))).toEqual(['teacher@gate:22']);
    expect(hops(resolve({ host: 'gate' }, 'Host *\n ProxyJump gate\n'))).toEqual([]);
  });

  it.each([
    ['none', []],
    ['[fe80::1]:2022', ['teacher@fe80::1:2022']],
    ['ssh://u@gate:2022/', ['u@gate:2022']],
  ])('ProxyJump %s', (jump, expected) => {
    expect(hops(resolve({ host: 'pc' }, `Host pc\n ProxyJump ${jump}\n`))).toEqual(expected);
  });

  it('refuses jump hosts in a circle, and what is none', () => {
    const circle = 'Host a\n ProxyJump b\nHost b\n ProxyJump a\n';
    expect(failure({ host: 'a' }, circle)).toMatchObject({
      code: 'config',
      message: expect.stringMatching(/circle$/) as string,
    });
    expect(failure({ host: 'pc' }, 'ProxyJump @:x\n').message).toBe('ProxyJump @:x is no [user@]host[:port]');
  });

  it('says that it does not run proxy commands', () => {
    const error = failure({ host: 'pc' }, 'ProxyCommand nc %h %p\n');
    expect(error).toMatchObject({ code: 'config', hint: 'write a ProxyJump for it in ~/.ssh/config' });
    expect(resolve({ host: 'pc' }, 'ProxyCommand none\n').via).toBeUndefined();
  });

  it.each([
    ['User\n', ':1: user has no value'],
    ['\nPort many\n', ':2: many is no port'],
    ['Port 70000\n', ':1: 70000 is no port'],
    ['User "open\n', ':1: a quote is not closed'],
    ['=x\n', ':1: this is no setting'],
    ['Include config\n', ':1: more than 16 files include each other'],
  ])('tells file and line of a mistake: %j', (config, message) => {
    expect(failure({ host: 'pc' }, config)).toMatchObject({
      code: 'config',
      message: `${join(home, '.ssh/config')}${message}`,
    });
  });

  it('minds only what it needs to know', () => {
    expect(() =>
      resolve({ host: 'pc' }, 'UseKeychain yes\nMatch exec "exit 0"\n User no\nHost *\nCiphers +x\n'),
    ).not.toThrow();
    expect(resolve({ host: 'pc' }, 'Match exec "exit 0"\n User no\n').user).toBe('teacher');
  });
});
