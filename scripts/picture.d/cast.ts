/** What a terminal printed, piece by piece: an asciicast of version 2 (https://docs.asciinema.org/manual/asciicast/v2/). */
export interface Cast {
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
  readonly pieces: readonly Piece[];
}

export interface Piece {
  /** Since the beginning. */
  readonly atMs: number;
  readonly text: string;
}

/** @throws Error when it is not such a file */
export function readCast(text: string): Cast {
  const [first = '', ...others] = text.trimEnd().split('\n');
  const header: unknown = JSON.parse(first);
  if (!isHeader(header)) throw new Error('not an asciicast of version 2');
  const pieces = others.flatMap((line): Piece[] => {
    const event: unknown = JSON.parse(line);
    if (!isEvent(event)) throw new Error(`not an event: ${line}`);
    const [seconds, kind, printed] = event;
    return kind === 'o' ? [{ atMs: seconds * 1000, text: printed }] : [];
  });
  return { columns: header.width, rows: header.height, title: header.title, pieces };
}

/** The file's text. Ends with a line break. */
export function castText({ columns, rows, title, pieces }: Cast): string {
  const lines: unknown[] = [{ version: 2, width: columns, height: rows, title }];
  for (const { atMs, text } of pieces) lines.push([Math.round(atMs) / 1000, 'o', text]);
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * What `script --logging-format classic` wrote.
 *
 * @param printed its --log-out, with a line about itself at both ends
 * @param timing its --log-timing: a line for each piece, with the seconds since the one before and its bytes
 */
export function piecesOfScript(printed: Buffer, timing: string): readonly Piece[] {
  const pieces: Piece[] = [];
  // A character may have been printed in two pieces.
  const decoder = new TextDecoder();
  let at = printed.indexOf('\n') + 1;
  let atMs = 0;
  for (const line of timing.trimEnd().split('\n')) {
    const [seconds = 0, bytes = 0] = line.split(' ').map(Number);
    atMs += seconds * 1000;
    pieces.push({ atMs, text: decoder.decode(printed.subarray(at, at + bytes), { stream: true }) });
    at += bytes;
  }
  return pieces;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly title: string;
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { version, width, height, title } = value as Record<string, unknown>;
  return (
    version === 2 && typeof width === 'number' && typeof height === 'number' && typeof title === 'string'
  );
}

function isEvent(value: unknown): value is readonly [number, string, string] {
  if (!Array.isArray(value)) return false;
  const [seconds, kind, printed] = value as readonly unknown[];
  return typeof seconds === 'number' && typeof kind === 'string' && typeof printed === 'string';
}
