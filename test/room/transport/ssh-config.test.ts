import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { readSshConfig } from '../../../src/transport/ssh-config/ssh-config.js';
import { temporaryFolder } from '../../support/sshd.js';

/** The same files are read by us and by OpenSSH's own client (`ssh -G` connects to nobody). */
describe('the ssh configuration means what ssh -G says', () => {
  let dir: string;
  beforeEach(() => {
    dir = temporaryFolder('config');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const write = (name: string, text: string): string => {
    const file = join(dir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.replaceAll('DIR', dir), { mode: 0o600 });
    return file;
  };

  /** What `ssh -G` prints of the settings that we read. */
  const theirs = (file: string, host: string, user?: string): Record<string, string[]> => {
    const login = user === undefined ? [] : ['-l', user];
    const text = execFileSync('ssh', ['-G', '-F', file, ...login, host], { encoding: 'utf8', stdio: 'pipe' });
    const found: Record<string, string[]> = {};
    for (const line of text.trim().split('\n')) {
      const at = line.indexOf(' ');
      (found[line.slice(0, at)] ??= []).push(line.slice(at + 1));
    }
    return found;
  };
  const ours = (file: string, host: string, user?: string): ReturnType<typeof readSshConfig> =>
    readSshConfig({ files: [file], home: dir, localUser: userInfo().username }, host, { user });

  const same = (file: string, host: string, user?: string): void => {
    const t = theirs(file, host, user);
    const o = ours(file, host, user);
    const said = {
      hostname: o.host,
      user: user ?? o.user ?? userInfo().username,
      port: String(o.port ?? 22),
      identitiesonly: o.identitiesOnly === true ? 'yes' : 'no',
      proxyjump:
        o.jumps
          ?.map(
            (j) =>
              `${j.user === undefined ? '' : `${j.user}@`}${j.host}${j.port === undefined ? '' : `:${j.port}`}`,
          )
          .join(',') || undefined,
      proxycommand: o.proxyCommand === 'none' ? undefined : o.proxyCommand,
      hostkeyalias: o.hostKeyAlias,
      identityfile: o.identityFiles ?? t['identityfile'],
      userknownhostsfile: o.userKnownHostsFiles?.join(' ') ?? t['userknownhostsfile']?.[0],
    };
    expect(said, `host ${host}`).toEqual({
      hostname: t['hostname']?.[0],
      user: t['user']?.[0],
      port: t['port']?.[0],
      identitiesonly: t['identitiesonly']?.[0],
      proxyjump: t['proxyjump']?.[0],
      proxycommand: t['proxycommand']?.[0],
      hostkeyalias: t['hostkeyalias']?.[0],
      identityfile: t['identityfile'],
      userknownhostsfile: t['userknownhostsfile']?.[0],
    });
  };

  const cases: Readonly<Record<string, { readonly text: string; readonly hosts: readonly string[] }>> = {
    'the first value wins': {
      text: 'Host a\n User one\n Port 2201\nHost *\n User two\n Port 2202\n',
      hosts: ['a', 'b'],
    },
    'settings before any Host are for all': { text: 'User early\nHost a\n User late\n', hosts: ['a', 'b'] },
    wildcards: {
      text: 'Host pc-?\n Port 1\nHost pc-*\n Port 2\nHost 192.168.1.*\n Port 3\nHost *.lan\n Port 4\n',
      hosts: ['pc-1', 'pc-12', '192.168.1.7', 'x.lan', 'xlan', 'pc-'],
    },
    negation: {
      text: 'Host pc-* !pc-1\n Port 5\nHost !pc-2\n Port 6\nHost "pc-3" pc-4\n User q\n',
      hosts: ['pc-1', 'pc-2', 'pc-3', 'pc-4', 'other'],
    },
    'letters of keywords, equals signs, quotes and blanks': {
      text:
        'hOsT=a\n\tUSER = "with space"\n  port=2204\n' +
        '  IdentityFile "DIR/a key"\n  identityFILE=DIR/b\\ key\n Host b # remark\n User \'one\' # remark\n',
      hosts: ['a', 'b'],
    },
    'a hash inside a word': { text: 'Host a\n IdentityFile DIR/id#1\n User x#y\n', hosts: ['a'] },
    'several identity files, none twice': {
      text: 'Host a\n IdentityFile DIR/1\nHost *\n IdentityFile DIR/2\n IdentityFile DIR/1\n IdentitiesOnly yes\n',
      hosts: ['a', 'b'],
    },
    'host names with tokens': {
      text: 'Host a b\n HostName %h.lan\nHost c\n HostName 10.0.0.3\n',
      hosts: ['a', 'c'],
    },
    'jump hosts': {
      text: 'Host a\n ProxyJump gate\nHost b\n ProxyJump u@one:2222,two\nHost c\n ProxyJump none\nHost *\n ProxyJump last\n',
      hosts: ['a', 'b', 'c', 'd'],
    },
    'a proxy command before a jump host': {
      text: 'Host a\n ProxyCommand nc %h %p\n ProxyJump gate\nHost b\n ProxyJump gate\n ProxyCommand nc %h %p\n',
      hosts: ['a', 'b'],
    },
    'known hosts': {
      text: 'Host a\n UserKnownHostsFile DIR/one "DIR/two"\n HostKeyAlias other\n',
      hosts: ['a', 'b'],
    },
    matches: {
      text:
        'Match originalhost a\n Port 1\nMatch host *.lan user teacher\n Port 2\nMatch !host b all\n Port 3\n' +
        'Match host b,c\n User m\nMatch all\n HostKeyAlias z\n',
      hosts: ['a', 'b', 'c', 'x.lan'],
    },
  };
  it.each(Object.entries(cases))('%s', (_name, { text, hosts }) => {
    const file = write('config', text);
    for (const host of hosts) same(file, host);
  });

  it('follows Include, inside and outside of Host, with patterns', () => {
    write('conf.d/10-a', 'Host a\n Port 10\nHost *\n User ten\n');
    write('conf.d/20-b', 'Port 20\n');
    write('conf.d/.hidden', 'HostKeyAlias hidden\n');
    write('only-c', 'Host c d\n IdentityFile DIR/c\nUser seen\n');
    const file = write(
      'config',
      'Host c\n Include DIR/only-c\nHost *\nInclude DIR/conf.d/* DIR/missing\nHost a b c\n HostKeyAlias end\n',
    );
    for (const host of ['a', 'b', 'c', 'd']) same(file, host);
  });

  it.each([
    'Port\n',
    'User a b\n',
    'User ""\n',
    'Port many\n',
    'Port==5\n',
    'User "open\n',
    'IdentitiesOnly maybe\n',
    'UserKnownHostsFile %Z\n',
    'UserKnownHostsFile ${KMON_NOT_SET}\n',
    'HostName %n\n',
    'ProxyJump @gate\n',
    'ProxyJump fe80::1\n',
    'ProxyJump bob@gate/22\n',
    'ProxyJump ssh://ada@school.lan@gate\n',
    'ProxyJump ssh://bob@[fe80::1]:2200\n',
    'Match host a user b all\n',
    'Match all host a\n',
    'Match user\n',
    'Include DIR/config\n',
  ])('refuses as ssh does: %j', (text) => {
    const file = write('config', text);
    expect(() => theirs(file, 'a')).toThrow();
    expect(() => ours(file, 'a')).toThrow(KmonError);
  });

  it('refuses what others may write to, as ssh does', () => {
    const file = write('config', 'Include DIR/open\n');
    chmodSync(write('open', 'Port 5\n'), 0o666);
    expect(() => theirs(file, 'a')).toThrow(/Bad owner or permissions/);
    expect(() => ours(file, 'a')).toThrow(/others may write to/);
  });

  it('knows all tokens of a path', () => {
    const file = write('config', 'HostKeyAlias K\nUserKnownHostsFile /%C-%L-%l-%n-%p-%r-%u-%i-%k-%d-%%-%h\n');
    const [said] = theirs(file, 'A.b')['userknownhostsfile'] ?? [];
    const place = { files: [file], home: userInfo().homedir, localUser: userInfo().username };
    expect(readSshConfig(place, 'A.b').userKnownHostsFiles).toEqual([said]);
  });

  it('matches the user that was asked for', () => {
    const file = write(
      'config',
      'Match user teacher\n Port 7\nHost a\n User student\nMatch user student\n Port 8\n',
    );
    same(file, 'a');
    same(file, 'a', 'teacher');
    same(file, 'b', 'pupil');
  });
});
