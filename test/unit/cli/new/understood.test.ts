import { expect, it } from 'vitest';
import { understoodText } from '../../../../src/cli/new/understood.js';
import { readChildren } from '../../../../src/config/children/read.js';

it('shows how a file was read, what each column was taken for, and every machine with its line', () => {
  const text = [
    'Salle 204;;;',
    'Adresse IP;Poste;Équipe;Adresse MAC;',
    '192.168.1.11;PC-11;groupe A;00:1A:2B:3C:4D:5E;',
    '192.168.1.12 - 13;;groupe a;;',
    '192.168.1.14;pc-14;;;',
    '',
  ].join('\r\n');
  const file = { shown: 'salle.csv', encoding: 'UTF-16', read: readChildren(text) } as const;
  expect(understoodText(file)).toEqual([
    'salle.csv was read as UTF-16, with columns apart by ";"',
    'columns: "Adresse IP" is the address, "Poste" is the name, "Équipe" is the team, "Adresse MAC" is not used',
    'not read: line 1',
    'address       name   team      line  written',
    '192.168.1.11  pc-11  groupe-a     3  "PC-11" "groupe A"',
    '192.168.1.12  -      groupe-a     4  "groupe a"',
    '192.168.1.13  -      groupe-a     4  "groupe a"',
    '192.168.1.14  pc-14  -            5  -',
  ]);
});

it('says that there is no title row', () => {
  const file = { shown: 'room.txt', encoding: 'UTF-8', read: readChildren('192.168.1.11 pc-11\n') } as const;
  expect(understoodText(file)).toEqual([
    'room.txt was read as UTF-8, with columns apart by blanks',
    'columns: no title row: address, name, team',
    'address       name   team  line  written',
    '192.168.1.11  pc-11  -        1  -',
  ]);
});
