import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isEncrypted } from '../../../../src/transport/login/identities.js';

/** The beginning of OpenSSH's own format: magic, name of the cipher. */
const openssh = (cipher: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(cipher.length);
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    length,
    Buffer.from(cipher),
    Buffer.alloc(40),
  ]);
  return Buffer.from(
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64').replaceAll(/.{40}/g, '$&\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
  );
};
const pem = (passphrase?: string): Buffer =>
  Buffer.from(
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'sec1',
      format: 'pem',
      ...(passphrase === undefined ? {} : { cipher: 'aes-128-cbc', passphrase }),
    }),
  );

describe('isEncrypted', () => {
  it.each([
    ['OpenSSH, open', openssh('none'), false],
    ['OpenSSH, locked', openssh('aes256-ctr'), true],
    ['PEM, open', pem(), false],
    ['PEM, locked', pem('x'), true],
    ['PKCS 8, locked', Buffer.from('-----BEGIN ENCRYPTED PRIVATE KEY-----\nx\n'), true],
    ['nothing', Buffer.from(''), false],
    ['a stump', Buffer.from('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END'), false],
  ])('%s', (_name, key, locked) => {
    expect(isEncrypted(key)).toBe(locked);
  });
});
