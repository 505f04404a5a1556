import { inspect } from 'node:util';

/**
 * A value that never shows itself: string conversion, JSON and `inspect` give `***`.
 * The clear text comes out of `reveal()` alone, which is called where bytes go to stdin and nowhere else.
 */
export class Secret {
  readonly #clear: string;

  constructor(clear: string) {
    this.#clear = clear;
  }

  reveal(): string {
    return this.#clear;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return 'Secret(***)';
  }
}
