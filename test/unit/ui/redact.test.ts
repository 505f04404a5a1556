import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/shell/secret.js';
import { redactor } from '../../../src/ui/redact.js';

const secrets = (...clear: readonly string[]): readonly Secret[] => clear.map((c) => new Secret(c));

describe('redactor', () => {
  it('goes through every depth, keys included, and leaves the rest as it is', () => {
    const redact = redactor(secrets('hunter2'));
    expect(redact({ a: ['xhunter2x', 1, null, true, undefined], hunter2: { b: 'hunter' } })).toEqual({
      a: ['x***x', 1, null, true, undefined],
      '***': { b: 'hunter' },
    });
  });

  it('masks the longer secret first', () => {
    expect(redactor(secrets('abcd', 'abcdefgh'))('abcdefgh abcd')).toBe('*** ***');
  });

  it('leaves what is too short: its gaps would give it away', () => {
    expect(redactor(secrets('', 'a', 'abc'))('a b c abc')).toBe('a b c abc');
  });

  it('finds a single line of a secret of several, and a secret typed with a line break', () => {
    expect(redactor(secrets('-----BEGIN-----\nYWJjZGVmZ2g=\n'))('got YWJjZGVmZ2g= here')).toBe(
      'got *** here',
    );
    expect(redactor(secrets('hunter2\n'))('hunter2!')).toBe('***!');
  });
});
