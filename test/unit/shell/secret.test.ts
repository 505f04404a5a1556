import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { Secret } from '../../../src/shell/secret.js';

describe('a secret', () => {
  const secret = new Secret('hunter2');
  const holder = { nested: [{ secret }], map: new Map([['k', secret]]) };

  it.each([
    ['a template', String(secret)],
    ['concatenation', `x${secret.toString()}`],
    ['JSON', JSON.stringify(holder)],
    ['inspect', inspect(holder, { depth: 9, showHidden: true })],
    ['format', format('%s %o %O %j', secret, secret, secret, secret)],
    ['keys', JSON.stringify(Object.entries(secret)) + Object.getOwnPropertyNames(secret).join()],
    ['a copy', JSON.stringify(Object.assign({}, secret))],
    ['an error', inspect(new KmonError('bug', 'x', { cause: secret }))],
  ])('does not show itself in %s', (_where, text) => {
    expect(text).not.toContain('hunter2');
  });

  it('does not survive a structured clone', () => {
    expect(JSON.stringify(structuredClone({ secret }))).not.toContain('hunter2');
  });

  it('is masked in what others say, with each of its lines and what is secret within it', () => {
    const token = new Secret('abc.hunter3', [new Secret('hunter3')]);
    const file = new Secret('name: x\ntoken: "abc.hunter3"\n--\n', [token]);
    expect(file.maskIn('name: x -- token: "abc.hunter3"')).toBe('*** -- ***');
    expect(file.maskIn("bad token 'abc.hunter3' (hunter3)")).toBe("bad token '***' (***)");
    expect(secret.maskIn('nothing of it')).toBe('nothing of it');
  });

  it('is told by reveal alone', () => {
    expect(secret.reveal()).toBe('hunter2');
  });
});
