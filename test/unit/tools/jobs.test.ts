import { describe, expect, it } from 'vitest';
import { parseRefusal, parseUid } from '../../../src/tools/jobs.js';
import { result } from './results.js';

describe('a Job', () => {
  const event = (of: object): object => ({
    involvedObject: { uid: 'u1' },
    reason: 'FailedCreate',
    message: 'Error creating: pods "a" is forbidden: exceeded quota: q, requested: pods=1',
    ...of,
  });

  it.each([
    [[], undefined],
    [[event({})], 'exceeded quota: q, requested: pods=1'],
    [[event({ involvedObject: { uid: 'u2' } })], undefined],
    [[event({ reason: 'BackoffLimitExceeded' })], undefined],
    [[event({ message: 'Error creating: no more\nlines' })], 'Error creating: no more'],
    [[event({ message: 'a is forbidden: first' }), event({ message: 'b is forbidden: last' })], 'last'],
    [[event({ message: undefined })], undefined],
    [[7, null, {}], undefined],
  ])('that gets no pod says why: %j', (items, said) => {
    expect(parseRefusal(result(JSON.stringify({ items })), 'u1')).toBe(said);
  });

  it('has an identity, where it is there', () => {
    expect(parseUid(result('{"metadata": {"uid": "u1"}}'))).toBe('u1');
    expect(parseUid(result('', { exitCode: 1, stderr: 'Error from server (NotFound): no' }))).toBeUndefined();
  });
});
