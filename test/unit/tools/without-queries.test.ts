import { describe, expect, it } from 'vitest';
import { withoutQueries } from '../../../src/tools/without-queries.js';

describe('an URL without its query', () => {
  it.each([
    ['http://a/b', 'http://a/b'],
    ['http://a/?x', 'http://a/?…'],
    ['http://a?token=x?y=/z', 'http://a?…'],
    ['HTTPS://a/b?x=1&y=2, and http://c/?z.', 'HTTPS://a/b?… and http://c/?…'],
    ['see `http://a/?x=1` (why?)', 'see `http://a/?…` (why?)'],
    ['is http://a/? there?', 'is http://a/? there?'],
    ['http://a/?…', 'http://a/?…'],
    ['what? nothing', 'what? nothing'],
    ['', ''],
  ])('%j is %j', (text, expected) => {
    expect(withoutQueries(text)).toBe(expected);
  });
});
