import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SshLogin } from '../../../../src/config/config.js';
import { KmonError } from '../../../../src/errors/kmon-error.js';
import { resolveLogin } from '../../../../src/transport/login/resolved-login.js';
import type { ResolvedLogin, Surroundings } from '../../../../src/transport/login/resolved-login.js';

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

  it('knows the tokens and variables of paths', () => {
    const config = 'HostName real-%h\nPort 2022\nUser u\nIdentityFile %d/%n-%h-%p-%r-%u-%%-${WORD}\n';
    expect(files(resolve({ host: 'pc' }, config, { env: { WORD: 'w' } }))).toEqual([
      'ssh config: ~/pc-real-pc-2022-u-teacher-%-w',
    ]);
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
    ['ada@school.lan@gate', ['ada@school.lan@gate:22']],
    [
      'ada@school.lan@one:2200,SCHOOL\\bob@[fe80::1]:2022',
      ['ada@school.lan@one:2200', 'SCHOOL\\bob@fe80::1:2022'],
    ],
    ['ssh://ada%40school.lan@gate # through the gate', ['ada@school.lan@gate:22']],
  ])('ProxyJump %s', (jump, expected) => {
    expect(hops(resolve({ host: 'pc' }, `Host pc\n ProxyJump ${jump}\n`))).toEqual(expected);
  });

  it('refuses jump hosts in a circle, and what is none', () => {
    const circle = 'Host a\n ProxyJump b\nHost b\n ProxyJump a\n';
    expect(failure({ host: 'a' }, circle)).toMatchObject({
      code: 'config',
      message: expect.stringMatching(/circle$/) as string,
    });
    expect(failure({ host: 'pc' }, 'ProxyJump @:x\n').message).toBe(
      `${join(home, '.ssh/config')}:1: ProxyJump @:x is no [user@]host[:port]`,
    );
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
    ['=x\n', ':1: x has no value'],
    ['User a b\n', ':1: user takes one value, not 2'],
    ['User ""\n', ':1: user has no value'],
    ['IdentitiesOnly maybe\n', ':1: maybe is none of yes, no, true, false'],
    ['\nIdentityFile %Z\n', ':2: %Z is no token here'],
    ['\nIdentityFile ${NOPE}\n', ':2: ${NOPE} has no value in the environment'],
    ['HostName %n\n', ':1: %n is no token here'],
    ['IdentityFile ~ada/id\n', ":1: ~ada/id is in another user's home folder: write the whole path"],
    [
      'ProxyJump ssh://ada@school.lan@gate\n',
      ':1: ProxyJump ssh://ada@school.lan@gate is no [user@]host[:port]',
    ],
    ['Match host a user b all\n', ':1: all stands alone in a Match'],
    ['Match user\n', ':1: Match user has no value'],
    [
      'RevokedHostKeys /k\n',
      ':1: the ssh configuration names a file of RevokedHostKeys for pc, which kmon does not',
    ],
    ['BindInterface eth0\n', ':1: the ssh configuration names a BindInterface for pc, which kmon does not'],
    [
      'CanonicalizeHostname yes\nCanonicalDomains lan\n',
      ':2: the ssh configuration looks for the domain (CanonicalizeHostname) of pc, which kmon does not',
    ],
    ['Include config\n', ':1: more than 16 files include each other'],
  ])('tells file and line of a mistake: %j', (config, message) => {
    expect(failure({ host: 'pc' }, config)).toMatchObject({
      code: 'config',
      message: `${join(home, '.ssh/config')}${message}`,
    });
  });

  it('says when it cannot know what applies, and only if it matters', () => {
    const config =
      'Match sessiontype exec\n SendEnv A\nMatch host other sessiontype exec\n User no\nMatch !command x host pc\n Port 7\n';
    expect(failure({ host: 'pc' }, config).message).toBe(
      `${join(home, '.ssh/config')}:6: kmon cannot tell whether this applies: \`Match !command\` in ${join(home, '.ssh/config')}:5`,
    );
    expect(resolve({ host: 'third' }, config).port).toBe(22);
    expect(resolve({ host: 'pc' }, `Port 8\n${config}`).port).toBe(8);
  });

  it('takes what the configuration says of host keys, addresses and time', () => {
    const config =
      'HostKeyAlgorithms +ssh-rsa\nStrictHostKeyChecking yes\nConnectTimeout 1m30s\nBindAddress 10.0.0.9\nAddressFamily inet\n' +
      'GlobalKnownHostsFile /etc/ours\nUserKnownHostsFile ~/mine\nCertificateFile ~/cert\n';
    expect(resolve({ host: 'pc' }, config, { globalKnownHostsFiles: ['/etc/usual'] })).toMatchObject({
      hostKeyAlgorithms: '+ssh-rsa',
      strictHostKeys: true,
      connectTimeoutMs: 90_000,
      bindAddress: '10.0.0.9',
      addressFamily: 4,
      knownHostsFiles: [join(home, 'mine'), '/etc/ours'],
      unused: ['CertificateFile'],
    });
    expect(resolve({ host: 'pc' }, '', { globalKnownHostsFiles: ['/etc/usual'] }).knownHostsFiles).toEqual([
      '/etc/usual',
    ]);
  });

  it('shows no key without PubkeyAuthentication but the one of kmon.yaml', () => {
    const login = resolve({ host: 'pc', keyFile: '/mine' }, 'PubkeyAuthentication no\n', {
      agentSocket: '/agent',
    });
    expect(files(login)).toEqual(['kmon.yaml: /mine']);
    expect(login.agentSocket).toBeUndefined();
  });

  it('reads no configuration that others may write to', () => {
    resolve({ host: 'pc' });
    chmodSync(join(home, '.ssh/config'), 0o620);
    expect(failure({ host: 'pc' }, '').message).toBe(
      `others may write to ${join(home, '.ssh/config')} (mode 0620), and ssh reads no such file`,
    );
  });

  it('runs what the configuration decides by', () => {
    const asked: string[] = [];
    const exec = (command: string): boolean => {
      asked.push(command);
      return command.includes('pc');
    };
    const config = 'Match exec "at-home %h"\n Port 7\nMatch host x exec "never"\n User no\n';
    expect(resolve({ host: 'pc' }, config, { exec }).port).toBe(7);
    expect(resolve({ host: 'other' }, config, { exec }).port).toBe(22);
    expect(asked).toEqual(['at-home pc', 'at-home other']);
  });

  it('minds only what it needs to know', () => {
    expect(() =>
      resolve({ host: 'pc' }, 'UseKeychain yes\nMatch exec "exit 0"\n User no\nHost *\nCiphers +x\n'),
    ).not.toThrow();
    expect(resolve({ host: 'pc' }, 'Match exec "exit 0"\n User no\n').user).toBe('teacher');
  });
});
