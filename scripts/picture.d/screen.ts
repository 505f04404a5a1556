import headless from '@xterm/headless';
import type { IBufferCell } from '@xterm/headless';
import type { Cast } from './cast.js';

/** Characters of one look that stand together in a line. */
export interface Run {
  readonly column: number;
  readonly text: string;
  /** Of the sixteen; none is the terminal's own. */
  readonly colour: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

export type Line = readonly Run[];

/** What the screen shows from a moment on. */
export interface Frame {
  readonly atMs: number;
  readonly lines: readonly Line[];
}

/** A wheel that turns tells nothing, and would make every picture another one. */
const WHEEL = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g;

/** What is printed within this time is shown at once. */
const TOGETHER_MS = 40;

/** Everything that the screen shows while a recording is played, each time something changes. The first has nothing on it. */
export async function framesOf({ columns, rows, pieces }: Cast): Promise<readonly Frame[]> {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const frames: Frame[] = [{ atMs: 0, lines: linesOf(terminal) }];
  for (const [i, piece] of pieces.entries()) {
    await new Promise<void>((done) => {
      terminal.write(piece.text, done);
    });
    const next = pieces[i + 1];
    if (next !== undefined && next.atMs - piece.atMs < TOGETHER_MS) continue;
    const lines = linesOf(terminal);
    if (!isSame(lines, frames.at(-1)?.lines)) frames.push({ atMs: piece.atMs, lines });
  }
  terminal.dispose();
  return frames;
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function linesOf(terminal: headless.Terminal): readonly Line[] {
  const { active } = terminal.buffer;
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = active.getLine(active.baseY + row);
    const runs: Run[] = [];
    for (let column = 0; column < terminal.cols; column += 1) {
      const cell = line?.getCell(column);
      // The second half of a wide character.
      if (cell === undefined || cell.getWidth() === 0) continue;
      const run = runOf(cell, column);
      const before = runs.at(-1);
      if (before !== undefined && looksAs(before, run))
        runs[runs.length - 1] = { ...before, text: before.text + run.text };
      else runs.push(run);
    }
    return withoutEnd(runs);
  });
}

function runOf(cell: IBufferCell, column: number): Run {
  return {
    column,
    text: (cell.getChars() || ' ').replace(WHEEL, '⠿'),
    colour: cell.isFgPalette() ? cell.getFgColor() % 16 : undefined,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
  };
}

function looksAs(one: Run, other: Run): boolean {
  return one.colour === other.colour && one.bold === other.bold && one.dim === other.dim;
}

/** What is blank at the end of a line is not there. */
function withoutEnd(runs: readonly Run[]): Line {
  const last = runs.at(-1);
  if (last === undefined) return runs;
  const text = last.text.trimEnd();
  const before = runs.slice(0, -1);
  return text === '' ? withoutEnd(before) : [...before, { ...last, text }];
}
