import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes on a terminal: wide characters count two, combining marks and colour codes none. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Filled with spaces to `columns`; longer text stays as it is. */
export function padTo(text: string, columns: number, side: 'left' | 'right' = 'right'): string {
  const fill = ' '.repeat(Math.max(0, columns - widthOf(text)));
  return side === 'right' ? text + fill : fill + text;
}

/** At most `columns` wide, the cut shown by an ellipsis. For text without colour codes: they would be counted and cut as text. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return columns < 1 ? '' : `${kept}…`;
}
