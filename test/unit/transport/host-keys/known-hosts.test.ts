import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  deciding,
  fingerprint,
  formatKnownHost,
  judgeHostKey,
  keyType,
  knownHostName,
  knownTypes,
  parseKnownHosts,
} from '../../../../src/transport/host-keys/known-hosts.js';

const lengthOf = (n: number): Buffer => {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(n);
  return b;
};
/** A key in wire form: its type, then anything. */
const key = (type: string, rest = 'a'): Buffer =>
  Buffer.concat([lengthOf(type.length), Buffer.from(type), lengthOf(rest.length), Buffer.from(rest)]);

const ED = key('ssh-ed25519');
const ED2 = key('ssh-ed25519', 'b');
const RSA = key('ssh-rsa');
const line = (hosts: string, k: Buffer, marker = ''): string =>
  `${marker}${hosts} ${keyType(k)} ${k.toString('base64')}`;
const known = (...lines: string[]): ReturnType<typeof parseKnownHosts> =>
  parseKnownHosts(lines.join('\n'), '/kh');
const hashed = (host: string): string => {
  const salt = Buffer.from('0123456789abcdefghij');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(host).digest('base64')}`;
};

describe('known hosts', () => {
  it('are those of the room alone where these know the machine, with what was revoked anywhere', () => {
    const mine = known(line('pc-1', ED));
    const all = [...mine, ...known(line('pc-1', ED2), line('pc-2', ED2), line('pc-1', RSA, '@revoked '))];
    const verdict = (k: Buffer, host = 'pc-1'): string =>
      judgeHostKey(deciding(mine, all, host, 22), host, 22, k).kind;
    expect([ED, ED2, RSA].map((k) => verdict(k))).toEqual(['known', 'changed', 'revoked']);
    expect(verdict(ED2, 'pc-2')).toBe('known');
  });

  it('tell a known, an unknown and a changed key apart', () => {
    const file = known(line('pc-1,192.168.1.11', ED), line('pc-2', RSA));
    expect(judgeHostKey(file, 'pc-1', 22, ED).kind).toBe('known');
    expect(judgeHostKey(file, '192.168.1.11', 22, ED).kind).toBe('known');
    expect(judgeHostKey(file, 'PC-1', 22, ED).kind).toBe('known');
    expect(judgeHostKey(file, 'pc-3', 22, ED).kind).toBe('unknown');
    expect(judgeHostKey(file, 'pc-1', 2222, ED).kind).toBe('unknown');
    expect(judgeHostKey(file, 'pc-1', 22, ED2)).toMatchObject({
      kind: 'changed',
      by: { file: '/kh', line: 1 },
    });
  });

  it('take a key of another type for a changed one', () => {
    expect(judgeHostKey(known(line('pc-2', RSA)), 'pc-2', 22, ED)).toMatchObject({
      kind: 'changed',
      by: { type: 'ssh-rsa' },
    });
    expect(judgeHostKey(known(line('pc-2', RSA), line('pc-2', ED)), 'pc-2', 22, ED).kind).toBe('known');
    expect(judgeHostKey(known(line('pc-2', RSA), line('pc-2', ED)), 'pc-2', 22, ED2)).toMatchObject({
      kind: 'changed',
      by: { line: 2 },
    });
  });

  it('may hold several keys of one type', () => {
    expect(judgeHostKey(known(line('pc-1', ED), line('pc-1', ED2)), 'pc-1', 22, ED2).kind).toBe('known');
  });

  it('know ports other than 22 by brackets', () => {
    const file = known(line('[pc-1]:2222', ED), line('[::1]:2022', RSA), line('fe80::1', RSA));
    expect(judgeHostKey(file, 'pc-1', 2222, ED).kind).toBe('known');
    expect(judgeHostKey(file, '::1', 2022, RSA).kind).toBe('known');
    expect(judgeHostKey(file, 'fe80::1', 22, RSA).kind).toBe('known');
    expect(knownHostName('pc-1', 22)).toBe('pc-1');
  });

  it('understand patterns and negation', () => {
    const file = known(line('*.lan,!pc-9.lan,192.168.1.?', ED));
    for (const host of ['a.lan', 'b.c.lan', '192.168.1.7']) {
      expect(judgeHostKey(file, host, 22, ED).kind, host).toBe('known');
    }
    for (const host of ['pc-9.lan', 'lan', 'xlan', '192.168.1.77', '192x168.1.7']) {
      expect(judgeHostKey(file, host, 22, ED).kind, host).toBe('unknown');
    }
  });

  it('find hashed names', () => {
    const file = known(line(hashed('pc-1'), ED), line(hashed('[pc-1]:2222'), RSA));
    expect(judgeHostKey(file, 'pc-1', 22, ED).kind).toBe('known');
    expect(judgeHostKey(file, 'pc-1', 2222, RSA).kind).toBe('known');
    expect(judgeHostKey(file, 'pc-2', 22, ED).kind).toBe('unknown');
    expect(judgeHostKey(file, 'pc-1', 22, ED2).kind).toBe('changed');
  });

  it('refuse revoked keys, for whom they are revoked', () => {
    const file = known(line('*.lan', ED, '@revoked '), line('a.lan', ED), line('b', ED));
    expect(judgeHostKey(file, 'a.lan', 22, ED)).toMatchObject({ kind: 'revoked', by: { line: 1 } });
    expect(judgeHostKey(file, 'b', 22, ED).kind).toBe('known');
    expect(judgeHostKey(file, 'c.lan', 22, ED2).kind).toBe('unknown');
    expect(knownTypes(file, 'c.lan', 22)).toEqual([]);
  });

  it('leave out certificate authorities, remarks and what is damaged', () => {
    const file = known(
      '# pc-1 ssh-ed25519 AAAA',
      '',
      line('pc-1', ED, '@cert-authority '),
      line('pc-1', ED, '@unheard-of '),
      'pc-1',
      'pc-1 ssh-ed25519',
      'pc-1 ssh-ed25519 %%%',
      `pc-1 ssh-rsa ${ED.toString('base64')}`,
      '|1|broken ssh-ed25519 AAAA',
      `|2|a|b ssh-ed25519 ${ED.toString('base64')}`,
      `  ${line('pc-1', RSA)} a remark\r`,
    );
    expect(file).toHaveLength(1);
    expect(file[0]).toMatchObject({ type: 'ssh-rsa', line: 11 });
  });

  it('tell the types a machine is known by', () => {
    const file = known(line('pc-1', RSA), line('pc-*', ED), line('pc-1', ED2), line('other', key('x')));
    expect(knownTypes(file, 'pc-1', 22)).toEqual(['ssh-rsa', 'ssh-ed25519']);
  });

  it('are written as they are read', () => {
    const text = formatKnownHost('PC-1', 2222, ED);
    expect(text).toBe(`[pc-1]:2222 ssh-ed25519 ${ED.toString('base64')}\n`);
    expect(judgeHostKey(parseKnownHosts(text, 'x'), 'pc-1', 2222, ED).kind).toBe('known');
  });

  it('have fingerprints without padding', () => {
    expect(fingerprint(ED)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it.each([Buffer.alloc(0), Buffer.from([0, 0, 0]), Buffer.from([255, 255, 255, 255, 1]), lengthOf(7)])(
    'take %j for no key',
    (bytes) => {
      expect(keyType(bytes)).toBe('');
    },
  );
});
