import { encodeQR } from 'qr';
import { plainTheme } from './theme.js';
import type { Theme } from './theme.js';

/** What a camera needs around it, in its squares. */
const QUIET = 4;

/** Two squares one above the other as one character, by whether each is dark. */
const HALVES = { both: '█', upper: '▀', lower: '▄', none: ' ' } as const;

/** A text as a QR code, row by row, with what a camera needs around it: whether each square is dark. */
export function qrSquares(text: string): readonly (readonly boolean[])[] {
  return encodeQR(text, 'raw', { ecc: 'low', border: QUIET });
}

/**
 * A text as a QR code of lines as wide as high on a usual terminal, for a camera; `undefined` where it has no room. With colours it is dark on light on
 * every terminal. Without them it is drawn for a dark terminal: on a light one its colours are reversed, which not every camera reads.
 */
export function qrText(text: string, columns: number, theme: Theme): readonly string[] | undefined {
  const squares = qrSquares(text);
  const width = squares[0]?.length ?? 0;
  if (width > columns) return undefined;
  const inverted = theme.paper === plainTheme.paper;
  const isDrawn = (row: number, column: number): boolean => {
    const dark = squares[row]?.[column] ?? false;
    return inverted ? !dark : dark;
  };
  return Array.from({ length: Math.ceil(squares.length / 2) }, (_, line) =>
    theme.paper(
      Array.from({ length: width }, (_square, column) => {
        const upper = isDrawn(2 * line, column);
        const lower = isDrawn(2 * line + 1, column);
        return HALVES[upper ? (lower ? 'both' : 'upper') : lower ? 'lower' : 'none'];
      }).join(''),
    ),
  );
}
