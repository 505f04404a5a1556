import { describe, expect, it } from 'vitest';
import { tableText } from '../../../src/ui/table.js';
import { cutTo, padTo } from '../../../src/ui/width.js';

describe('tableText', () => {
  it('aligns columns, also with wide and combining characters and unknown values', () => {
    const table = tableText(
      [{ title: 'machine' }, { title: 'cpu', align: 'right' }, { title: 'temperature' }],
      [
        ['pc-11', '7 %', 'no sensor'],
        ['教室-2', 100, undefined],
        ['e\u0301le\u0300ve', '', '51 °C'],
        ['short'],
      ],
    );
    expect(table.split('\n')).toEqual([
      'machine  cpu  temperature',
      'pc-11    7 %  no sensor',
      '教室-2   100  -',
      'e\u0301le\u0300ve      -  51 °C',
      'short      -  -',
    ]);
  });

  it('makes foreign cells harmless', () => {
    expect(tableText([{ title: 'os' }], [['Debian\u001b[2J\n12']])).toBe('os\nDebian 12');
  });

  it('without rows is its heading', () => {
    expect(tableText([{ title: 'a' }, { title: 'b' }], [])).toBe('a  b');
  });
});

describe('widths', () => {
  it('cut between characters, never inside one', () => {
    expect(cutTo('教室教室', 5)).toBe('教室…');
    expect(cutTo('教室教室', 6)).toBe('教室…');
    expect(cutTo('教室', 4)).toBe('教室');
    expect(cutTo('👨‍👩‍👧👨‍👩‍👧', 3)).toBe('👨‍👩‍👧…');
    expect(cutTo('abc', 1)).toBe('…');
    expect(cutTo('abc', 0)).toBe('');
  });

  it('pad on either side and leave longer text', () => {
    expect(padTo('中', 4)).toBe('中  ');
    expect(padTo('中', 4, 'left')).toBe('  中');
    expect(padTo('abcde', 4)).toBe('abcde');
  });
});
