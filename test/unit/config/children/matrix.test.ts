import { describe, expect, it } from 'vitest';
import { decodeSheet } from '../../../../src/config/children/decode.js';
import { readChildren } from '../../../../src/config/children/read.js';

/**
 * One table in every form that people have it: what is read does not depend on the separator, the title row, the encoding, the line ends
 * or the order of the columns.
 */
const TABLE = [
  { address: '192.168.1.11', name: 'pc-11', team: 'équipe_rouge' },
  { address: '192.168.1.12', name: '', team: 'équipe_rouge' },
  { address: '192.168.1.13', name: 'pc-13', team: '' },
  { address: '192.168.1.14', name: '', team: '' },
] as const;
const READ = [
  { address: '192.168.1.11', name: 'pc-11', team: 'equipe-rouge' },
  { address: '192.168.1.12', team: 'equipe-rouge' },
  { address: '192.168.1.13', name: 'pc-13' },
  { address: '192.168.1.14' },
];

const SEPARATORS = [';', ',', '\t', '|', 'blanks'] as const;
const TITLES = {
  French: { address: 'Adresse IP', name: 'Poste', team: 'Équipe' },
  English: { address: 'IP address', name: 'host name', team: 'TEAM' },
  none: undefined,
} as const;
const ENDS = { LF: '\n', CRLF: '\r\n', CR: '\r' } as const;
const ORDERS = [
  ['address', 'name', 'team'],
  ['address', 'team', 'name'],
  ['name', 'address', 'team'],
  ['name', 'team', 'address'],
  ['team', 'address', 'name'],
  ['team', 'name', 'address'],
] as const;
const utf16 = (text: string, order: 'LE' | 'BE'): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'LE' ? bytes : bytes.swap16();
};
const ENCODINGS: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a mark': (text) => Buffer.from(`\uFEFF${text}`),
  'UTF-16 LE': (text) => utf16(text, 'LE'),
  'UTF-16 LE with a mark': (text) => utf16(`\uFEFF${text}`, 'LE'),
  'UTF-16 BE': (text) => utf16(text, 'BE'),
  'UTF-16 BE with a mark': (text) => utf16(`\uFEFF${text}`, 'BE'),
  'Windows-1252': (text) => Buffer.from(text, 'latin1'),
};

/** The table as a text; by blanks alone, nothing is written as `-`. */
function textOf(
  separator: (typeof SEPARATORS)[number],
  titles: (typeof TITLES)[keyof typeof TITLES],
  order: (typeof ORDERS)[number],
  end: string,
): string {
  const between = separator === 'blanks' ? '  ' : separator;
  const cell = (text: string): string => (text === '' && separator === 'blanks' ? '-' : text);
  const rows = TABLE.map((row) => order.map((key) => cell(row[key])));
  if (titles !== undefined) rows.unshift(order.map((key) => titles[key]));
  return rows.map((row) => `${row.join(between)}${end}`).join('');
}

describe.each(SEPARATORS)('a table with columns apart by %j', (separator) => {
  describe.each(Object.keys(TITLES) as (keyof typeof TITLES)[])('and %s titles', (language) => {
    const titles = TITLES[language];
    for (const [encoding, encode] of Object.entries(ENCODINGS)) {
      it(`is read from ${encoding}, with every line end, in every order of the columns`, () => {
        for (const end of Object.values(ENDS)) {
          for (const order of ORDERS) {
            const what = JSON.stringify({ end, order });
            const decoded = decodeSheet(encode(textOf(separator, titles, order, end)));
            if ('mistake' in decoded) throw new Error(decoded.mistake);
            expect(decoded.encoding, what).toBe(encoding.replace(/ .*/, ''));
            const { machines, mistakes, columns } = readChildren(decoded.text);
            if (titles === undefined && order.join(' ') !== 'address name team') {
              // Nobody can tell: it is refused, and never guessed.
              expect(mistakes.length, what).toBeGreaterThan(0);
              continue;
            }
            expect(mistakes, what).toEqual([]);
            expect(
              machines.map((m) => m.machine),
              what,
            ).toEqual(READ);
            expect(
              machines.map((m) => m.line),
              what,
            ).toEqual(titles === undefined ? [1, 2, 3, 4] : [2, 3, 4, 5]);
            expect(
              columns?.map((c) => c.meaning),
              what,
            ).toEqual(titles === undefined ? undefined : order);
          }
        }
      });
    }
  });
});
