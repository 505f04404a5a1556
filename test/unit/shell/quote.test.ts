import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quote } from '../../../src/shell/quote.js';

const HOSTILE = [
  '',
  ' ',
  '  two  blanks  ',
  "'",
  "it's",
  "''",
  '"double"',
  '$HOME',
  '$(id)',
  '`id`',
  '${x}',
  '\\',
  '\\\\',
  "\\'",
  '\n',
  'a\nb\n',
  '\t\r',
  '*',
  '?[a-z]',
  '~',
  '~root',
  '!',
  '!!',
  '#',
  'a#b',
  ';',
  '&',
  '|',
  '<>',
  '(){}',
  '-n',
  '--',
  '=',
  'a=b',
  '%s',
  'é€😀',
  '\u001b[31m',
  '\u0001',
  "'; exit 3; '",
];

describe('quote', () => {
  it.each(HOSTILE)('%j is one word to sh, as it was', (value) => {
    const script = `for word in ${quote(value)}; do printf '<%s>' "$word"; done`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`<${value}>`);
  });

  it('survives being quoted twice', () => {
    for (const value of HOSTILE) {
      const inner = `printf '<%s>' ${quote(value)}`;
      expect(execFileSync('sh', ['-c', `sh -c ${quote(inner)}`], { encoding: 'utf8' })).toBe(`<${value}>`);
    }
  });

  it('leaves plain words readable', () => {
    expect(quote('/etc/fstab')).toBe('/etc/fstab');
    expect(quote('two words')).toBe("'two words'");
    expect(quote('')).toBe("''");
  });

  it('refuses what no program can be given', () => {
    expect(() => quote('a\0b')).toThrow('NUL');
  });
});
