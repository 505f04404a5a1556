import { CsvError, parse } from 'csv-parse/sync';
import type { CastingFunction } from 'csv-parse/sync';
import { SPAN } from '../networks/addresses.js';
import type { Position } from '../mistakes/problems.js';

/** What stands in one place of a table, without the blanks and the quotes around it. */
export interface Cell extends Position {
  readonly text: string;
  /** Written in quotes: it is one thing, whatever is in it. */
  readonly quoted: boolean;
}

export type Row = readonly Cell[];

/** `blanks`: no other is in the text; columns are apart by blanks. */
export type Separator = ';' | '\t' | '|' | ',' | 'blanks';

export interface Cells {
  readonly separator: Separator;
  /** Rows in which anything stands; empty cells keep their place. */
  readonly rows: readonly Row[];
  /** Where a quote opens a cell that never ends. */
  readonly openQuote?: Position;
}

/** In the order of trust: a comma may also be part of a number or a name, where another of these parts the columns. */
const SEPARATORS = [';', '\t', '|', ','] as const;

/**
 * The cells of a text. Columns are apart by the separator that most rows have (Excel may name it in a first line, `sep=;`), else by blanks.
 * `#` at the beginning of a line or behind a blank begins a comment. Lines and columns are counted from 1.
 */
export function readCells(written: string): Cells {
  const whole = written.replaceAll(/\r\n?/g, '\n');
  const named = /^sep=(.)\n?/i.exec(whole);
  // Taken out, but not its line: all places stay what they are.
  const text = named === null ? whole : whole.replace(/^.*/, '');
  const tried = SEPARATORS.map((separator) => ({ separator, ...split(text, separator) }));
  const parted = tried.map(({ rows }) => rows.filter((row) => row.length > 1).length);
  const most = Math.max(...parted);
  const best =
    tried.find(({ separator }) => separator === named?.[1]) ??
    (most > 0 ? tried[parted.indexOf(most)] : undefined);
  if (best !== undefined) return best;
  const { rows, openQuote } = split(text, ',');
  return {
    separator: 'blanks',
    rows: rows.map((row) => row.flatMap(wordsOf)),
    ...(openQuote === undefined ? {} : { openQuote }),
  };
}

/** The cells of one that holds a row of its own, by the separator in it, or by blanks. */
export function cellsWithin(cell: Cell): Row {
  if (cell.quoted) return [cell];
  const separator = SEPARATORS.find((s) => cell.text.includes(s));
  if (separator === undefined) return wordsOf(cell);
  const [row = []] = split(cell.text, separator).rows;
  return row.map((c) => ({ ...c, ...within(cell, c) }));
}

/** The words of a cell, each with its place. A range is one word, blanks or not; so is what stands in quotes. */
export function wordsOf(cell: Cell): Row {
  if (cell.quoted) return [cell];
  return [...cell.text.matchAll(new RegExp(`${SPAN}(?=\\s|$)|"[^"]*"|\\S+`, 'g'))].map((m) => ({
    text: m[0].replace(/^"(.*)"$/s, '$1'),
    quoted: m[0].startsWith('"'),
    ...within(cell, placeIn(cell.text.slice(0, m.index))),
  }));
}

/** A place in the text of a cell as one of the whole text. */
function within(cell: Cell, { line, column }: Position): Position {
  return { line: cell.line + line - 1, column: line === 1 ? cell.column + column - 1 : column };
}

/** Rows of one separator. What a quote that never ends has swallowed is left out. */
function split(text: string, separator: string): Pick<Cells, 'rows' | 'openQuote'> {
  const bytes = Buffer.from(text);
  const placeOf = placesIn(bytes);
  const rows: Cell[][] = [];
  let read = 0;
  const cast: CastingFunction = (value, { bytes: end, index, quoting }) => {
    // What has more behind its quotes is taken as it is written, quotes and all.
    const quoted = quoting && !value.startsWith('"');
    // A quote within quotes is written twice.
    const around = quoted ? 1 + value.split('"').length : 0;
    const start = end - Buffer.byteLength(value) - around;
    if (index === 0) rows.push([]);
    rows.at(-1)?.push(trimmed(value, quoted, placeOf(start)));
    read = end;
    return value;
  };
  try {
    parse(bytes, {
      cast,
      comment: '#',
      comment_no_infix: true,
      delimiter: separator,
      record_delimiter: '\n',
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    });
    return { rows: filled(rows) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { rows: filled(rows), openQuote: placeOf(bytes.indexOf('"', read)) };
  }
}

function filled(rows: readonly Row[]): readonly Row[] {
  return rows.map(withoutComment).filter((row) => row.some((cell) => cell.text !== '') && !isRule(row));
}

/** The line that parts the title from the rows where a table is drawn with `|`. */
function isRule(row: Row): boolean {
  return row.every((cell) => /^(:?-{3,}:?)?$/.test(cell.text));
}

function withoutComment(row: Row): Row {
  const begins = row.findIndex((cell) => !cell.quoted && /(^|\s)#/.test(cell.text));
  const cell = row[begins];
  if (cell === undefined) return row;
  return [...row.slice(0, begins), { ...cell, text: cell.text.replace(/(^|\s+)#.*$/s, '') }];
}

function trimmed(value: string, quoted: boolean, { line, column }: Position): Cell {
  const inner = /^\s*"([^"]*)"\s*$/.exec(value)?.[1];
  const blanks = quoted ? 0 : value.length - value.trimStart().length;
  return {
    text: (inner ?? value).trim(),
    quoted: quoted || inner !== undefined,
    line,
    column: column + blanks,
  };
}

/** The places of offsets that only grow: every byte is looked at once, however many cells there are. */
function placesIn(bytes: Buffer): (offset: number) => Position {
  let read = 0;
  let place: Position = { line: 1, column: 1 };
  return (offset) => {
    const { line, column } = placeIn(bytes.toString('utf8', read, offset));
    place = { line: place.line + line - 1, column: line === 1 ? place.column + column - 1 : column };
    read = Math.max(read, offset);
    return place;
  };
}

/** Where the text behind this one begins. */
function placeIn(before: string): Position {
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}
