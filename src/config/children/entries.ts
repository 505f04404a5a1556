import { isMac, isShortRange, looksLikeAddress } from '../networks/addresses.js';
import { present } from '../optional-key.js';
import { showText } from '../mistakes/problems.js';
import { cellsWithin, wordsOf } from './cells.js';
import type { Cell, Cells, Row } from './cells.js';
import { columnsOf, joinTitles, KNOWN_WORDS } from './headings.js';
import type { Column, Meaning } from './headings.js';
import { at } from './mistake.js';
import type { ListMistake } from './mistake.js';

/** The cells of one machine, or of a range. */
export interface Entry {
  readonly where: Cell;
  readonly name?: Cell;
  readonly team?: Cell;
}

export interface Table {
  readonly entries: readonly Entry[];
  readonly mistakes: readonly ListMistake[];
  readonly passedOver: readonly number[];
}

export interface Title {
  /** Its place among the rows. */
  readonly place: number;
  readonly columns: readonly Column[];
  readonly mistakes: readonly ListMistake[];
}

/** An address in full: `12.03.2026` above a table is a day. */
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}/;

/** The title row: what stands above every address and says which column has them. */
export function titleOf({ rows, separator }: Cells): Title | undefined {
  const data = rows.findIndex((row) =>
    row.some((cell) => cellsWithin(cell).some((c) => ADDRESS.test(c.text))),
  );
  const above = data === -1 ? rows : rows.slice(0, data);
  for (const [place, row] of above.entries()) {
    const below = rows.slice(place + 1);
    // Spreadsheets write columns at the end in which nothing stands.
    const isUsed = (i: number): boolean => [row, ...below].some((r) => (r[i]?.text ?? '') !== '');
    const titles = separator === 'blanks' ? joinTitles(row) : row;
    const found = columnsOf(titles, (i) => {
      const column = below.flatMap((r) => r[i] ?? []).filter((cell) => cell.text !== '');
      return column.length > 0 && column.every((cell) => looksLikeAddress(cell.text));
    });
    if (found === undefined) continue;
    return {
      place,
      columns: found.columns.slice(0, found.columns.findLastIndex((_, i) => isUsed(i)) + 1),
      mistakes: found.mistakes.map(({ cell, text }) => at(cell, text)),
    };
  }
  return undefined;
}

export function readTitled({ rows }: Cells, { place, columns, mistakes: ofTitle }: Title): Table {
  const entries: Entry[] = [];
  const mistakes = [...ofTitle];
  const passedOver = rows.slice(0, place).flatMap((row) => row[0]?.line ?? []);
  for (const row of rows.slice(place + 1)) {
    const cellOf = (meaning: Meaning): Cell | undefined =>
      said(row[columns.findIndex((column) => column.meaning === meaning)]);
    const [where, name, team] = [cellOf('address'), cellOf('name'), cellOf('team')];
    const other = name ?? team;
    if (where !== undefined) {
      const words = where.text.split(/\s*[,;\n]\s*/).filter((word) => word !== '');
      for (const word of words)
        entries.push({ where: { ...where, text: word }, ...present('name', name), ...present('team', team) });
    } else if (other !== undefined) {
      mistakes.push(at(other, `${showText(other.text)} has no address`));
    } else passedOver.push(row[0]?.line ?? 0);
    const beyond = row.slice(columns.length).find((cell) => cell.text !== '');
    if (beyond !== undefined)
      mistakes.push(at(beyond, `${showText(beyond.text)} stands in a column that has no title`));
  }
  return { entries, mistakes, passedOver };
}

const UNTITLED = 'without a title row the columns are address, name, team';

export function readUntitled(rows: readonly Row[]): Table {
  // One of its own beside a table of another separator.
  const spread = rows.map((row) => {
    const [first] = row;
    return row.length === 1 && first !== undefined ? cellsWithin(first) : row;
  });
  const behind = addressesBehind(spread);
  if (behind !== undefined) return { entries: [], mistakes: [behind], passedOver: [] };
  const entries: Entry[] = [];
  const mistakes: ListMistake[] = [];
  for (const row of spread) {
    for (const group of groupsOf(row, mistakes)) {
      const [where, name, team, ...more] = group;
      const mac = group.find((cell) => isMac(cell.text));
      const beyond = more.filter((cell) => cell.text !== '');
      if (where === undefined) continue;
      if (mac !== undefined)
        mistakes.push(
          at(mac, `${showText(mac.text)} is the hardware address of a network card: ${UNTITLED}`),
        );
      else if (beyond[0] !== undefined) {
        const words = showText(beyond.map((cell) => cell.text).join(' '));
        mistakes.push(at(beyond[0], `${where.text} has too many words behind it (${words}): ${UNTITLED}`));
      } else entries.push({ where, ...present('name', said(name)), ...present('team', said(team)) });
    }
  }
  return { entries, mistakes, passedOver: [] };
}

/** Every row has its address in the same column, which is not the first one: one mistake, and not one a line. */
function addressesBehind(rows: readonly Row[]): ListMistake | undefined {
  const places = rows.map((row) => row.findIndex((cell) => looksLikeAddress(cell.text)));
  const [place = 0] = places;
  const [first] = rows;
  const before = first?.slice(0, place).find((cell) => cell.text !== '');
  if (place < 1 || before === undefined || places.some((p) => p !== place)) return undefined;
  return at(
    before,
    `${showText(before.text)} stands before its address: ${UNTITLED}; write a title row above, such as nom;adresse IP;équipe`,
  );
}

/** A row as machines: each begins with its address, and has what stands behind it up to the next one. */
function groupsOf(row: Row, mistakes: ListMistake[]): readonly Row[] {
  const groups: Cell[][] = [];
  let whole: Cell | undefined;
  for (const [i, cell] of row.entries()) {
    const last = groups.at(-1);
    // A number alone may as well count the lines.
    if (looksLikeAddress(cell.text) || (i === 0 && isShortRange(cell.text))) {
      const words = wordsOf(cell);
      for (const word of words) {
        const open = groups.at(-1);
        if (open === undefined || word === words[0] || looksLikeAddress(word.text)) groups.push([word]);
        else open.push(word);
      }
      whole = words.length > 1 ? cell : undefined;
    } else if (cell.text === '') last?.push(cell);
    else if (last === undefined) {
      const expected = /\d/.test(cell.text)
        ? 'a machine is: address, name, team'
        : `kmon knows these titles of columns: ${KNOWN_WORDS}`;
      mistakes.push(at(cell, `${showText(cell.text)} is no IPv4 address (${expected})`));
      return [];
    } else if (whole !== undefined) {
      mistakes.push(
        at(whole, `${showText(whole.text)} is one cell, and more stands beside it: part all of them alike`),
      );
      return [];
    } else last.push(cell);
  }
  return groups;
}

/** A cell in which something is said. */
function said(cell: Cell | undefined): Cell | undefined {
  return cell === undefined || /^\p{Pd}?$/u.test(cell.text) ? undefined : cell;
}
