import { describe, expect, it } from 'vitest';
import { decodeSheet } from '../../../../src/config/children/decode.js';
import { readChildren } from '../../../../src/config/children/read.js';
import type { ListedMachine } from '../../../../src/config/children/read.js';

const machines = (text: string, parent?: string): readonly ListedMachine[] => {
  const read = readChildren(text, parent === undefined ? {} : { parent });
  expect(read.mistakes).toEqual([]);
  return read.machines.map((m) => m.machine);
};
const mistakes = (text: string, parent?: string): readonly string[] =>
  readChildren(text, parent === undefined ? {} : { parent }).mistakes.map(
    (m) => `${m.line}:${m.column}: ${m.text}`,
  );
const at = (last: number): string => `192.168.1.${last}`;
const all = (...last: readonly number[]): readonly ListedMachine[] => last.map((n) => ({ address: at(n) }));

describe('cells', () => {
  it('keep their place when one is empty', () => {
    expect(machines('192.168.1.11;;red\n192.168.1.12;pc-12\n')).toEqual([
      { address: at(11), team: 'red' },
      { address: at(12), name: 'pc-12' },
    ]);
    expect(machines('192.168.1.11,,red')).toEqual([{ address: at(11), team: 'red' }]);
    expect(machines('192.168.1.11\t\tred')).toEqual([{ address: at(11), team: 'red' }]);
    expect(machines('192.168.1.11;-;red')).toEqual([{ address: at(11), team: 'red' }]);
  });

  it('may be empty at the end, and at the beginning', () => {
    expect(machines(';192.168.1.11;pc-11;red;;;\n;192.168.1.12;;;;;\n;;;;;;\n')).toEqual([
      { address: at(11), name: 'pc-11', team: 'red' },
      { address: at(12) },
    ]);
  });

  it('may be quoted, and hold separators, quotes and line breaks', () => {
    const text =
      'IP;Poste;Équipe;Remarque\n192.168.1.11;"pc-11";"groupe ""A""";"au fond;\nà gauche"\n192.168.1.12;;;x\n';
    const read = readChildren(text);
    expect(read.mistakes).toEqual([]);
    expect(read.machines.map((m) => [m.machine, m.line])).toEqual([
      [{ address: at(11), name: 'pc-11', team: 'groupe-a' }, 2],
      [{ address: at(12) }, 4],
    ]);
  });

  it('may hold numbers with a comma: they part nothing', () => {
    expect(machines('IP;RAM;Poste\n192.168.1.11;7,8;pc-11\n192.168.1.12;15,6;pc-12\n')).toEqual([
      { address: at(11), name: 'pc-11' },
      { address: at(12), name: 'pc-12' },
    ]);
  });

  it('follow the line by which Excel names its separator', () => {
    expect(machines('sep=|\r\nIP|team\r\n192.168.1.11|a;b,c;d\r\n')).toEqual([
      { address: at(11), team: 'a-b-c-d' },
    ]);
    expect(mistakes('sep=;\r\nIP;team\r\nx;a\r\n')).toEqual([expect.stringMatching(/^3:1: "x" is no IPv4/)]);
  });

  it('may be drawn', () => {
    expect(machines('| IP | name |\n|:---|------|\n| 192.168.1.11 | pc-11 |\n')).toEqual([
      { address: at(11), name: 'pc-11' },
    ]);
  });

  it('may be parted by blanks alone, with quotes around a team of two words', () => {
    expect(machines('192.168.1.11  pc-11   "groupe A"\n192.168.1.12 - red\n')).toEqual([
      { address: at(11), name: 'pc-11', team: 'groupe-a' },
      { address: at(12), team: 'red' },
    ]);
  });

  it('end where a comment begins', () => {
    expect(
      machines('# the "room\n192.168.1.11;pc-11 # by the window\n  # none\n192.168.1.12;pc-12;c#\n'),
    ).toEqual([
      { address: at(11), name: 'pc-11' },
      { address: at(12), name: 'pc-12', team: 'c' },
    ]);
  });
});

describe('titles', () => {
  const columns = (text: string): readonly (string | undefined)[] =>
    readChildren(text).columns?.map((c) => c.meaning) ?? [];

  it.each<[string, readonly (string | undefined)[]]>([
    ['Adresse;Nom;Équipe', ['address', 'name', 'team']],
    ['ADRESSE IP;Nom de la machine;GROUPE', ['address', 'name', 'team']],
    ['Adresses IP (v4) :;N°;Binômes', ['address', undefined, 'team']],
    ['IP;Ordinateur;Adresse MAC', ['address', 'name', undefined]],
    ['equipe;poste;ip', ['team', 'name', 'address']],
    ['IP address;Hostname;Team', ['address', 'name', 'team']],
    ['name;ipv4;group', ['name', 'address', 'team']],
    // A class list: the pupil's name is not the machine's.
    ['Nom;Prénom;Poste;Adresse IP', [undefined, undefined, 'name', 'address']],
    ['Adresse;Adresse IP;Machine', [undefined, 'address', 'name']],
  ])('%s', (title, expected) => {
    const row = expected.map((meaning) => (meaning === 'address' ? at(11) : '')).join(';');
    expect(columns(`${title}\n${row}\n`)).toEqual(expected);
  });

  it('may say host or poste for the addresses', () => {
    expect(machines('host;team\n192.168.1.11;red\n')).toEqual([{ address: at(11), team: 'red' }]);
    expect(machines('Poste\n192.168.1.11\n192.168.1.12\n')).toEqual(all(11, 12));
  });

  it('may stand below a heading, which is told', () => {
    const read = readChildren('Salle 204, le 12.03.2026;;\n;;\nIP;Poste\n192.168.1.11;pc-11\n');
    expect(read.mistakes).toEqual([]);
    expect(read.passedOver).toEqual([1]);
    expect(read.machines).toMatchObject([{ machine: { address: at(11), name: 'pc-11' }, line: 4 }]);
  });

  it('leave out rows in which nothing is said that is used, which is told', () => {
    const read = readChildren('IP;Poste;Note\n192.168.1.11;pc-11;\n;;fin\n');
    expect([read.mistakes, read.passedOver]).toEqual([[], [3]]);
  });

  it.each<[string, string, readonly unknown[]]>([
    [
      'two columns that may be meant',
      'IP;IPv4\n192.168.1.11;192.168.2.11\n',
      ['1:4: "IPv4" may be the address as well as "IP" before it: give one of them another heading'],
    ],
    ['a row without an address', 'IP;Poste\n192.168.1.11;a\n;pc-12\n', ['3:2: "pc-12" has no address']],
    [
      'a cell beyond the titles',
      'IP;Poste\n192.168.1.11;a;b\n',
      ['2:16: "b" stands in a column that has no title'],
    ],
    [
      'columns in another order without any',
      'pc-11;192.168.1.11\npc-12;192.168.1.12\n',
      [
        '1:1: "pc-11" stands before its address: without a title row the columns are address, name, team; write a title row above, such as nom;adresse IP;équipe',
      ],
    ],
    [
      'a column too many without any',
      '192.168.1.11;pc-11;red;old\n',
      [
        '1:24: 192.168.1.11 has too many words behind it ("old"): without a title row the columns are address, name, team',
      ],
    ],
    [
      'a hardware address without any',
      '192.168.1.11;00:1A:2B:3C:4D:5E\n',
      [
        '1:14: "00:1A:2B:3C:4D:5E" is the hardware address of a network card: without a title row the columns are address, name, team',
      ],
    ],
    [
      'a number of the line without any',
      '1;192.168.1.11\nx\n',
      [expect.stringMatching(/^1:1: "1" is no IPv4/), expect.stringMatching(/^2:1: "x" is no IPv4/)],
    ],
    [
      'words of no title',
      'Rechner;Gruppe\n192.168.1.11;a\n',
      [
        expect.stringMatching(
          /^1:1: "Rechner" is no IPv4 address \(kmon knows these titles of columns: adresse IP/,
        ),
      ],
    ],
    [
      'half by blanks',
      '192.168.1.11 (fixe);pc-11\n',
      ['1:1: "192.168.1.11 (fixe)" is one cell, and more stands beside it: part all of them alike'],
    ],
    [
      'a quote without an end',
      'IP;team\n192.168.1.11;a\n192.168.1.12;"b\n192.168.1.13;c\n',
      ['3:14: a quote (") opens here, and nothing closes it'],
    ],
  ])('or not: %s', (_, text, expected) => {
    expect(mistakes(text)).toEqual(expected);
  });
});

describe('ranges', () => {
  it.each<[string, readonly number[]]>([
    ['192.168.1.11 - 192.168.1.14', [11, 12, 13, 14]],
    ['192.168.1.11 - 14', [11, 12, 13, 14]],
    ['192.168.1.11 – 13', [11, 12, 13]],
    ['192.168.1.11 à 192.168.1.13', [11, 12, 13]],
    ['192.168.1.20\n11 - 14', [20, 11, 12, 13, 14]],
    ['192.168.1.20;pc;red\n11-12;;blue', [20, 11, 12]],
    ['IP\n192.168.1.20\n11\n12 - 13', [20, 11, 12, 13]],
    ['IP;Poste\n"192.168.1.11, 192.168.1.12\n192.168.1.13";', [11, 12, 13]],
  ])('%j', (text, expected) => {
    expect(machines(text).map((m) => m.address)).toEqual(expected.map(at));
  });

  it("may say the last numbers alone, in the parent's network", () => {
    expect(machines('11 - 14', at(10))).toEqual(all(11, 12, 13, 14));
  });

  it('or not where no network, or more than one, is known', () => {
    const expected = '11 - 14 does not say of which network: write it out, such as 192.168.1.11-14';
    expect(mistakes('11 - 14')).toEqual([`1:1: ${expected}`]);
    expect(mistakes('192.168.2.20\n11 - 14', at(10))).toEqual([`2:1: ${expected}`]);
    expect(mistakes('192.168.1.14 - 11')).toEqual(['1:1: 192.168.1.14 - 11 ends before it begins']);
    expect(mistakes('192.168.1.11/24')).toEqual([
      '1:1: 192.168.1.11/24 must be written without the /24: 192.168.1.11',
    ]);
  });
});

describe('names and teams', () => {
  const read = (text: string): readonly (readonly (string | undefined)[])[] =>
    machines(text).map((m) => [m.name, m.team]);

  it('become what Kubernetes takes', () => {
    expect(read('192.168.1.11;PC-11.lycee.lan;groupe A\n192.168.1.12;Poste n°12;Œuvre d’été\n')).toEqual([
      ['pc-11', 'groupe-a'],
      ['poste-n-12', 'oeuvre-d-ete'],
    ]);
  });

  it('are told as they were written', () => {
    const { machines: rows } = readChildren('192.168.1.11;PC-11;groupe A\n192.168.1.12;pc-12;Rouge\n');
    expect(rows.map((row) => row.written)).toEqual([{ name: 'PC-11', team: 'groupe A' }, {}]);
  });

  it('are one team in every spelling', () => {
    expect(read('192.168.1.11;;Équipe A\n192.168.1.12;;equipe_a\n192.168.1.13;;Rouge\n')).toEqual([
      [undefined, 'equipe-a'],
      [undefined, 'equipe-a'],
      [undefined, 'Rouge'],
    ]);
  });

  it('are never two teams in one', () => {
    expect(mistakes('192.168.1.11;;A+\n192.168.1.12;;A~\n')).toEqual([
      '2:15: "A~" and "A+" on line 1 would both become the team a: name them apart',
    ]);
  });

  it('must have letters or digits', () => {
    expect(mistakes('192.168.1.11;***;группа\n')).toEqual([
      expect.stringMatching(/^1:14: "\*\*\*" cannot be the name of 192.168.1.11/),
      expect.stringMatching(/^1:18: "группа" cannot be the team of 192.168.1.11/),
    ]);
  });
});

describe('what stands there twice', () => {
  it('is told with both lines', () => {
    expect(mistakes('IP;name\n192.168.1.11;a\n192.168.1.12;b\n192.168.1.11;c\n192.168.1.13;B\n')).toEqual([
      '4:1: 192.168.1.11 is listed already, on line 2',
      '5:14: 192.168.1.13 is named b like 192.168.1.12 on line 3: names must be unique',
    ]);
  });

  it('and the parent among the children', () => {
    expect(mistakes('192.168.1.9\n192.168.1.10\n', at(10))).toEqual([
      '2:1: 192.168.1.10 is the parent: it cannot be its own child (take it out of the list)',
    ]);
  });
});

describe('bytes', () => {
  it.each<[string, Buffer, RegExp]>([
    ['a workbook', Buffer.from('PK\u0003\u0004\u0014\u0000', 'latin1'), /workbook of a spreadsheet program/],
    [
      'an old workbook',
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]),
      /workbook of a spreadsheet program/,
    ],
    ['zeros', Buffer.from('a\0\0\0b'), /^it is no text$/],
    ['half a character', Buffer.from([0xff, 0xfe, 0x31]), /half a character/],
    ['no encoding that is known', Buffer.from([0x31, 0x81, 0xe9]), /neither UTF-8 nor Windows-1252/],
  ])('that are %s are refused, with what to do', (_, bytes, expected) => {
    expect(decodeSheet(bytes)).toEqual({
      mistake: expect.stringMatching(expected) as string,
      remedy: expect.stringContaining('save it as CSV') as string,
    });
  });

  it('are what Windows writes', () => {
    expect(decodeSheet(Buffer.from([0x80, 0x9c, 0x92, 0xe9, 0x8c]))).toEqual({
      text: '€œ’éŒ',
      encoding: 'Windows-1252',
    });
  });

  it('may be none', () => {
    expect(decodeSheet(Buffer.alloc(0))).toEqual({ text: '', encoding: 'UTF-8' });
    expect(readChildren('')).toMatchObject({ machines: [], mistakes: [] });
  });
});
