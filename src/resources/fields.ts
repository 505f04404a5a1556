import type { ExecResult } from '../transport/transport.js';

/**
 * What a `read` prints: one `key value` a line, in any order, keys may repeat. Values that can hold a line feed are printed in base64.
 * Lines that do not begin with a key of the reader's own are refused, so that half an output is never taken for a state.
 */
export class Fields {
  readonly #lines: ReadonlyMap<string, readonly string[]>;

  /** @throws TypeError when a line does not begin with one of `keys`. */
  constructor(result: ExecResult, keys: readonly string[]) {
    const lines = new Map<string, string[]>(keys.map((key) => [key, []]));
    for (const line of result.stdout.split('\n')) {
      if (line === '') continue;
      const space = line.indexOf(' ');
      const values = lines.get(space < 0 ? line : line.slice(0, space));
      if (values === undefined) throw new TypeError(`not a line that was asked for: ${line.slice(0, 80)}`);
      values.push(space < 0 ? '' : line.slice(space + 1));
    }
    this.#lines = lines;
  }

  all(key: string): readonly string[] {
    return this.#lines.get(key) ?? [];
  }

  has(key: string): boolean {
    return this.all(key).length > 0;
  }

  /** @throws TypeError when the key is not there exactly once. */
  one(key: string): string {
    const [value, ...more] = this.all(key);
    if (value === undefined || more.length > 0) throw new TypeError(`expected ${key} once`);
    return value;
  }

  /** One of the words of a closed list. @throws TypeError for any other. */
  word<T extends string>(key: string, words: readonly T[]): T {
    const value = this.one(key);
    const word = words.find((w) => w === value);
    if (word === undefined) throw new TypeError(`${key} cannot be ${value.slice(0, 80)}`);
    return word;
  }
}

/** Text that was printed in base64. */
export function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
