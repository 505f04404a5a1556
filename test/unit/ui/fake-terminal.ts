import { EventEmitter } from 'node:events';

/**
 * A stream that remembers what was written and shows it as a terminal would: it knows the few codes that the live list uses and fails
 * on any other, so that nothing unknown passes for a picture.
 */
export class FakeTerminal extends EventEmitter {
  readonly writes: string[] = [];
  isTTY: boolean;
  columns: number;
  rows: number;

  constructor({ isTTY = true, columns = 80, rows = 24 } = {}) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
    this.rows = rows;
  }

  // Own property, as `process.stderr` has one after listr2 took it: `write` is replaced and given back.
  write = (text: string): boolean => {
    this.writes.push(text);
    return true;
  };

  get raw(): string {
    return this.writes.join('');
  }

  /** Lines on the screen now, colours aside; lines that scrolled out are kept, as in a terminal's history. */
  get screen(): readonly string[] {
    const lines: string[] = [''];
    let row = 0;
    let column = 0;
    for (const [token, code] of this.raw.matchAll(/\u001b(\[[?\d;]*[A-Za-z])|\n|[^\u001b\n]+/g)) {
      if (token === '\n') {
        row += 1;
        column = 0;
        lines[row] ??= '';
      } else if (code === undefined) {
        const line = lines[row] ?? '';
        lines[row] = line.slice(0, column).padEnd(column) + token + line.slice(column + token.length);
        column += token.length;
      } else if (code === '[2K') lines[row] = '';
      else if (code === '[1A') row = Math.max(0, row - 1);
      else if (code === '[G') column = 0;
      else if (!/^\[(\d+m|\?25[lh])$/.test(code)) throw new Error(`unknown terminal code ESC${code}`);
    }
    return lines.map((line) => line.trimEnd());
  }

  get isCursorShown(): boolean {
    return this.raw.lastIndexOf('\u001b[?25h') >= this.raw.lastIndexOf('\u001b[?25l');
  }

  asStream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }
}
