import { describe, expect, it } from 'vitest';
import { lineDiff } from '../../../src/ui/line-diff.js';

describe('what differs between two texts', () => {
  it.each<[string, string, readonly string[]]>([
    ['a\nb\n', 'a\nb\n', []],
    ['a\nb\n', 'a\nb', []],
    ['a\r\nb\r\n', 'a\nb\n', []],
    ['a\nb\nc\n', 'a\nx\nc\n', ['- b', '+ x']],
    ['a\nb\n', 'a\nb\nc\n', ['+ c']],
    ['a\nb\nc\n', 'c\n', ['- a', '- b']],
    ['', 'a\n', ['- ', '+ a']],
    ['a\na\nb\n', 'a\nb\nb\n', ['- a', '+ b']],
    ['  key: 1\n', '  key: 2\n', ['-   key: 1', '+   key: 2']],
  ])('%j and %j', (before, after, expected) => {
    expect(lineDiff(before, after)).toEqual(expected);
  });

  it('is not looked for in what is no kmon.yaml', () => {
    const long = 'x\n'.repeat(2001);
    expect(lineDiff(long, 'x\n')).toEqual(['- (all of it)', '+ (all of it)']);
    expect(lineDiff(long, long)).toEqual([]);
  });
});
