import headless from '@xterm/headless';

/** A terminal as a person sees it, to write to and to look at: a real emulator, so that what it does not understand shows. */
export class Screen {
  readonly #terminal: headless.Terminal;
  #written: Promise<void> = Promise.resolve();
  /** Everything that was written, codes included. */
  raw = '';

  constructor(columns: number, rows: number) {
    this.#terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  }

  write(text: string): void {
    this.raw += text;
    this.#written = this.#written.then(
      () =>
        new Promise((done) => {
          this.#terminal.write(text, done);
        }),
    );
  }

  resize(columns: number, rows: number): void {
    this.#written = this.#written.then(() => {
      this.#terminal.resize(columns, rows);
    });
  }

  /** What stands on it now, what is empty at the bottom left out. */
  async lines(): Promise<readonly string[]> {
    await this.#written;
    const { active } = this.#terminal.buffer;
    const lines = Array.from(
      { length: this.#terminal.rows },
      (_, row) =>
        active
          .getLine(active.baseY + row)
          ?.translateToString(true, 0, this.#terminal.cols)
          .trimEnd() ?? '',
    );
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
  }

  /** Whether it shows the alternate screen, which full-screen programs take. */
  async isAlternate(): Promise<boolean> {
    await this.#written;
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** Whether the last word about the cursor was that it is shown. */
  get isCursorShown(): boolean {
    return this.raw.lastIndexOf('\u001b[?25h') >= this.raw.lastIndexOf('\u001b[?25l');
  }
}
