const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const BELOW = '\u001b[J';

/**
 * The whole terminal for a picture that is drawn again and again, as `less` and `top` have it: the alternate screen, without a cursor. What stood on
 * the terminal before stands there again after `leave`.
 */
export class FullScreen {
  readonly #stream: NodeJS.WriteStream;
  #state: 'new' | 'taken' | 'left' = 'new';

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** As many columns and rows as there are now. */
  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#stream.columns || 80, rows: this.#stream.rows || 24 };
  }

  /**
   * Draws over what is there, in one write, so that nothing flickers. The lines must fit the size. Takes the terminal when it is the first picture;
   * does nothing after `leave`.
   */
  draw(lines: readonly string[]): void {
    if (this.#state === 'left') return;
    const enter = this.#state === 'new' ? ENTER : '';
    this.#state = 'taken';
    // Emptied before it is written: behind a line that fills it the cursor still stands on the last character, which would go too.
    const text = lines.map((line) => REST_OF_LINE + line).join('\r\n');
    const below = lines.length < this.size.rows ? `\r\n${BELOW}` : '';
    this.#stream.write(`${enter}${HOME}${text}${below}`);
  }

  /** Gives the terminal back; the second call does nothing. */
  leave(): void {
    if (this.#state === 'taken') this.#stream.write(LEAVE);
    this.#state = 'left';
  }
}
