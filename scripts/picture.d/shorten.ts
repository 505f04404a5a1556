import type { Cast, Piece } from './cast.js';
import { isSame } from './screen.js';
import type { Frame, Line, Run } from './screen.js';

/** Nobody watches a screen on which nothing happens. */
const LONGEST_WAIT_MS = 1500;
/** How long the whole may take … */
const WHOLE_MS = 40_000;
/** … and how long one picture of it stays at least. */
const STEP_MS = 250;

/**
 * The same with its waits cut, played faster if it is still long, and without what would be seen for a moment only. What stood on the screen
 * is not changed.
 */
export function shorten(frames: readonly Frame[]): readonly Frame[] {
  let atMs = 0;
  const cut = frames.map((frame, i) => {
    atMs += Math.min(frame.atMs - (frames[i - 1]?.atMs ?? 0), LONGEST_WAIT_MS);
    return { ...frame, atMs };
  });
  const speed = Math.max(1, atMs / WHOLE_MS);
  const steps = new Map<number, Frame>();
  for (const { atMs: at, lines } of cut) {
    const step = Math.round(at / speed / STEP_MS);
    steps.set(step, { atMs: step * STEP_MS, lines });
  }
  return [...steps.values()].filter((frame, i, all) => !isSame(frame.lines, all[i - 1]?.lines));
}

/** A recording that shows these frames: what each changes of the one before. */
export function castOf(frames: readonly Frame[], { columns, rows, title }: Omit<Cast, 'pieces'>): Cast {
  let shown: readonly Line[] = Array.from({ length: rows }, () => []);
  const pieces: Piece[] = [];
  for (const { atMs, lines } of frames) {
    const up = scrolled(shown, lines);
    const moved = [...shown.slice(up), ...Array.from({ length: up }, (): Line => [])];
    const scroll = up === 0 ? '' : `\u001b[${String(rows)};1H${'\n'.repeat(up)}`;
    const changes = lines.flatMap((line, row) =>
      isSame(line, moved[row]) ? [] : [`\u001b[${String(row + 1)};1H${line.map(printed).join('')}\u001b[K`],
    );
    const text = scroll + changes.join('');
    if (text !== '') pieces.push({ atMs, text });
    shown = lines;
  }
  return { columns, rows, title, pieces };
}

/** By how many lines to scroll so that least has to be printed anew. */
function scrolled(shown: readonly Line[], lines: readonly Line[]): number {
  const kept = shown.map(
    (_, up) => lines.filter((line, row) => line.length > 0 && isSame(line, shown[row + up])).length,
  );
  return kept.indexOf(Math.max(...kept));
}

function printed({ text, colour, bold, dim }: Run): string {
  const codes = [
    ...(bold ? [1] : []),
    ...(dim ? [2] : []),
    ...(colour === undefined ? [] : [colour < 8 ? 30 + colour : 82 + colour]),
  ];
  return codes.length === 0 ? text : `\u001b[${codes.join(';')}m${text}\u001b[m`;
}
