import { describe, expect, it } from 'vitest';
import { powershellLine, psChanges, psQuote, psReads } from '../../../src/shell/powershell.js';

/** What PowerShell makes of a literal string, by the rules of its own reader: all five single quotes are one quote, doubled inside. */
function readBack(literal: string): string {
  expect(literal).toMatch(/^'[^]*'$/);
  const inner = literal.slice(1, -1);
  expect(inner.replaceAll(/(['\u2018-\u201b])(['\u2018-\u201b])/g, '')).not.toMatch(/['\u2018-\u201b]/);
  return inner.replaceAll(/(['\u2018-\u201b])['\u2018-\u201b]/g, '$1');
}

const HOSTILE = [
  '',
  ' ',
  "it's",
  "'; Remove-Item C:\\ -Recurse; '",
  '\u2019; Stop-Computer; \u2018',
  '\u201a\u201b',
  '"',
  '$env:PATH $(whoami) `n',
  'a\r\nb',
  '@() %PATH% ^ & | < >',
  '-Force',
  'Connexion au réseau local',
  '#>',
];

describe('psQuote', () => {
  it.each(HOSTILE)('%j is read back as it is', (value) => {
    expect(readBack(psQuote(value))).toBe(value);
  });

  it('refuses a NUL', () => {
    expect(() => psQuote('a\0b')).toThrow('NUL');
  });
});

describe('a script', () => {
  it('quotes what is put into it, and nothing else', () => {
    const script = psChanges`Set-Thing -Name ${"Ada's"} -Port ${9182} -From ${['10.0.0.0/24', 'x y']}; "$env:TEMP\log"`;
    expect(script).toEqual({
      effect: 'changes',
      language: 'powershell',
      text: `Set-Thing -Name 'Ada''s' -Port 9182 -From '10.0.0.0/24','x y'; "$env:TEMP\\log"`,
    });
    expect(psReads`Get-Thing`.effect).toBe('reads');
  });
});

describe('powershellLine', () => {
  it('is one that no shell interprets, and holds the script', () => {
    const line = powershellLine(psReads`echo ${'é"%\'|'}`);
    expect(line).toMatch(/^[A-Za-z -]+ -EncodedCommand [A-Za-z0-9+/=]+$/);
    const script = Buffer.from(line.split(' ').at(-1) ?? '', 'base64').toString('utf16le');
    expect(script.split('\n').at(-1)).toBe("echo 'é\"%''|'");
  });

  it('is never longer than cmd.exe takes', () => {
    expect(() => powershellLine(psReads`echo ${'x'.repeat(3000)}`)).toThrow('too long');
  });
});
