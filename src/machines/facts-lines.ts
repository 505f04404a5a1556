import { KmonError } from '../errors/kmon-error.js';
import { FACTS_BEGIN, FACTS_END } from './facts-script.js';

/** What the script printed between its marks: the values of every key, in their order. */
export class FactLines {
  readonly #values = new Map<string, string[]>();

  /**
   * What stands before the first begin and behind the last end is somebody else's (a banner, a `.bashrc`).
   *
   * @throws KmonError `command` when a mark is missing: then the script did not run to its end.
   */
  constructor(stdout: string) {
    const lines = stdout.split('\n').map((line) => line.replace(/\r$/, ''));
    const begin = lines.indexOf(FACTS_BEGIN);
    const end = lines.lastIndexOf(FACTS_END);
    if (begin === -1 || end < begin) {
      const evidence = lines.findLast((line) => line.trim() !== '');
      throw new KmonError('command', 'the look at the machine did not run to its end', {
        hint: 'log in to the machine with ssh, see whether `sh` works there, and try again',
        ...(evidence === undefined ? {} : { evidence: evidence.slice(0, 200) }),
      });
    }
    for (const line of lines.slice(begin + 1, end)) {
      const equals = line.indexOf('=');
      if (equals < 1) continue;
      const key = line.slice(0, equals);
      const values = this.#values.get(key) ?? [];
      values.push(line.slice(equals + 1));
      this.#values.set(key, values);
    }
  }

  all(key: string): readonly string[] {
    return this.#values.get(key) ?? [];
  }

  /** The first value that is not empty; '' when there is none. */
  text(key: string): string {
    return (
      this.all(key)
        .find((value) => value.trim() !== '')
        ?.trim() ?? ''
    );
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }
}

/** A whole number, 0 for everything else. */
export function count(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** Words between blanks. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
