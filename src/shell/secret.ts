import { inspect } from 'node:util';

/** Shorter ones stand in ordinary words: masking them would maim the text and, by the gaps, give them away. */
const SHORTEST = 4;

/**
 * A value that never shows itself: string conversion, JSON and `inspect` give `***`.
 * The clear text comes out of `reveal()` alone, which is called where bytes go to stdin, and where somebody asks to be shown it.
 */
export class Secret {
  readonly #clear: string;
  readonly #inner: readonly Secret[];

  /** @param inner What is secret by itself within a longer text, such as the token in a configuration file. */
  constructor(clear: string, inner: readonly Secret[] = []) {
    this.#clear = clear;
    this.#inner = inner;
  }

  /** A longer text with this secret in it, which is as secret. */
  within(text: (clear: string) => string): Secret {
    return new Secret(text(this.#clear), [this]);
  }

  reveal(): string {
    return this.#clear;
  }

  /** The text without this secret: programs like to repeat what they were given, whole, a line of it, or what is secret within it. */
  maskIn(text: string): string {
    const lines = this.#clear.split('\n').map((line) => line.trim());
    const own = lines
      .filter((line) => line.length >= SHORTEST)
      .reduce((t, line) => t.replaceAll(line, '***'), text);
    return this.#inner.reduce((t, secret) => secret.maskIn(t), own);
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
