import { describe, expect, it } from 'vitest';
import { readdressed } from '../../../../src/config/writing/readdress.js';

const moves = new Map([
  ['child-1', '192.0.2.77'],
  ['pc-12', '192.0.2.78'],
]);

describe('a kmon.yaml with other addresses', () => {
  it.each([
    ['a list in one line', 'children: [192.0.2.11, 192.0.2.9]\n', 'children: [192.0.2.77, 192.0.2.9]\n'],
    [
      'lines with comments, quotes and odd gaps',
      `parent:  192.0.2.10   # the teacher's\nchildren:\n    - "192.0.2.11" # by the door\n    -   { team: red,  name: pc-12,  address: '192.0.2.12' }\n`,
      `parent:  192.0.2.10   # the teacher's\nchildren:\n    - 192.0.2.77 # by the door\n    -   { team: red,  name: pc-12,  address: 192.0.2.78 }\n`,
    ],
    [
      'maps over several lines, and Windows line ends',
      'children:\r\n  - address: 192.0.2.11\r\n    team: red\r\n  - name: pc-12\r\n    address: 192.0.2.12\r\n',
      'children:\r\n  - address: 192.0.2.77\r\n    team: red\r\n  - name: pc-12\r\n    address: 192.0.2.78\r\n',
    ],
    [
      'the same address elsewhere in the file',
      'ssh: { jump: 192.0.2.11 }\nchildren: [192.0.2.11]\n',
      'ssh: { jump: 192.0.2.11 }\nchildren: [192.0.2.77]\n',
    ],
    // By their place they are child-1 and child-2, by their names not.
    [
      'one whose name is not that of its place',
      'children: [{ name: pc-12, address: 192.0.2.12 }, 192.0.2.13]\n',
      'children: [{ name: pc-12, address: 192.0.2.78 }, 192.0.2.13]\n',
    ],
    ['none of them', 'parent: 192.0.2.10\n', 'parent: 192.0.2.10\n'],
    ['the parent', 'parent: 192.0.2.10\n', 'parent: 192.0.2.79\n', new Map([['parent', '192.0.2.79']])],
  ])('keeps everything else byte for byte: %s', (_about, text, wanted, of = moves) => {
    expect(readdressed(text, of)).toBe(wanted);
  });
});
