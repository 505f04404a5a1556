import { describe, expect, it } from 'vitest';
import { exitCodeOfError } from '../../../src/errors/exit-code-of-error.js';
import { EXIT_CODES, EXIT_MEANING } from '../../../src/errors/exit-codes.js';
import { KmonError } from '../../../src/errors/kmon-error.js';

describe('KmonError', () => {
  it('takes context from outside, and what was known inside wins', () => {
    const cause = new Error('inner');
    const inner = new KmonError('command', 'broken', {
      machine: 'pc-12',
      hint: 'mend it',
      evidence: 'e',
      mistakes: [{ text: 'm' }],
      cause,
    });
    const error = inner.at({ machine: 'other', stage: 'prepare', command: 'true' });
    expect(error).not.toBe(inner);
    expect(error.context).toEqual({ machine: 'pc-12', stage: 'prepare', command: 'true' });
    expect(error).toMatchObject({
      code: 'command',
      message: 'broken',
      hint: 'mend it',
      evidence: 'e',
      mistakes: [{ text: 'm' }],
      cause,
    });
    expect(inner.context).toEqual({ machine: 'pc-12' });
  });

  it('takes a remedy only when it has none', () => {
    const bare = new KmonError('command', 'broken', { machine: 'pc-12', evidence: 'e' });
    const withHint = bare.withHint('mend it');
    expect(withHint).toMatchObject({ hint: 'mend it', evidence: 'e', context: { machine: 'pc-12' } });
    expect(withHint.withHint('other')).toBe(withHint);
  });

  it('is an Error with a name of its own', () => {
    const error = new KmonError('usage', 'wrong');
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('KmonError');
    expect('cause' in error).toBe(false);
  });
});

describe('exit codes', () => {
  it('are the ones that scripts rely on', () => {
    expect(EXIT_CODES).toEqual({
      usage: 2,
      config: 3,
      unreachable: 10,
      'login-refused': 11,
      'host-key-changed': 12,
      'connection-lost': 13,
      'host-key-unknown': 14,
      'no-sudo': 15,
      'not-a-node': 16,
      command: 20,
      timeout: 21,
      precondition: 22,
      'not-verified': 23,
      partial: 24,
      bug: 70,
      interrupted: 130,
    });
  });

  it('are all different and all explained', () => {
    const codes = Object.values(EXIT_CODES);
    expect(new Set(codes).size).toBe(codes.length);
    expect(Object.keys(EXIT_MEANING).sort()).toEqual(Object.keys(EXIT_CODES).sort());
  });
});

describe('exitCodeOfError', () => {
  const refused = new KmonError('login-refused', 'no');
  it.each([
    ['a KmonError', refused, 11],
    ['several that agree', new AggregateError([refused, new AggregateError([refused])]), 11],
    ['several that do not', new AggregateError([refused, new KmonError('no-sudo', 'no')]), 24],
    ['a bug among several', new AggregateError([refused, new TypeError('x')]), 70],
    ['nothing at all', new AggregateError([]), 70],
    ['another error', new Error('x'), 70],
    ['no error', 'x', 70],
  ])('of %s', (_, error, code) => {
    expect(exitCodeOfError(error)).toBe(code);
  });
});
