import { expect, it } from 'vitest';
import { decodeText, textOfBytes } from '../../../src/here/decode-text.js';

const PASSWORD = 'pässwörd 1\r\n';
const little = Buffer.from(PASSWORD, 'utf16le');

it.each([
  ['UTF-8', Buffer.from(PASSWORD)],
  ['UTF-8 with its mark', Buffer.from(`\uFEFF${PASSWORD}`)],
  ['what PowerShell 5 writes for >', Buffer.concat([Buffer.from([0xff, 0xfe]), little])],
  ['UTF-16, the other order', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(little).swap16()])],
  ['what Notepad once called ANSI', Buffer.from(PASSWORD, 'latin1')],
])('reads %s', (_what, bytes) => {
  expect(textOfBytes(bytes)).toBe(PASSWORD);
});

it('spoils nothing of UTF-8 for one odd byte', () => {
  const bytes = Buffer.concat([
    Buffer.from('# caf'),
    Buffer.from([0xe9]),
    Buffer.from('\nIdentityFile /home/rené/clé\n'),
  ]);
  expect(textOfBytes(bytes).split('\n')[1]).toBe('IdentityFile /home/rené/clé');
});

it('takes no text for UTF-16 without its mark', () => {
  const pins = Buffer.concat([
    Buffer.from('a ssh-rsa x\n'),
    Buffer.from('b ssh-rsa y\nc ssh-rsa z\n', 'utf16le'),
  ]);
  expect(textOfBytes(pins)).toContain('a ssh-rsa x\n');
});

it('says what is no text, and passes its bytes on to who reads it anyway', () => {
  const bytes = Buffer.from([0x61, 0x00, 0x62, 0x00, 0x00]);
  expect(decodeText(bytes)).toHaveProperty('mistake');
  expect(textOfBytes(bytes)).toHaveLength(5);
});
