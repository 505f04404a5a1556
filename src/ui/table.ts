import { harmlessLine } from './harmless.js';
import { plainTheme } from './theme.js';
import type { Theme } from './theme.js';
import { padTo, widthOf } from './width.js';

export interface Column {
  readonly title: string;
  /** Numbers are read best from the right. Default `left`. */
  readonly align?: 'left' | 'right';
}

/** Stands for a value that is not known. */
const NOTHING = '-';

/**
 * A table of text: columns as wide as their widest cell, two spaces between, no frame, so that it can be read, cut and grepped. Cells
 * may come from foreign machines: they are made harmless. Missing and empty cells show as `-`. Ends without a line break.
 */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly (string | number | undefined)[])[],
  theme: Theme = plainTheme,
): string {
  const cells = rows.map((row) => columns.map((_, i) => cellText(row[i])));
  const widths = columns.map((column, i) =>
    Math.max(widthOf(column.title), ...cells.map((row) => widthOf(row[i] ?? ''))),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => padTo(text, widths[i] ?? 0, columns[i]?.align === 'right' ? 'left' : 'right'))
      .join('  ')
      .trimEnd();
  return [theme.dim(line(columns.map((c) => c.title))), ...cells.map(line)].join('\n');
}

function cellText(cell: string | number | undefined): string {
  const text = cell === undefined ? '' : harmlessLine(String(cell));
  return text === '' ? NOTHING : text;
}
