import { KmonError } from '../errors/kmon-error.js';
import { FACTS_BEGIN, FACTS_END } from './script.js';

/** What the script printed between its marks: the values of every key, and other programs' text by section, in their order. */
export class FactLines {
  readonly #values = new Map<string, string[]>();
  readonly #sections = new Map<string, string[]>();
  readonly #files = new Map<string, string[]>();

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
    let section = '';
    for (const line of lines.slice(begin + 1, end)) {
      const heading = /^\[([a-z]*)\]$/.exec(line)?.[1];
      if (heading !== undefined) {
        section = heading;
        continue;
      }
      if (section !== '') {
        append(this.#sections, section, line);
        continue;
      }
      const equals = line.indexOf('=');
      if (equals < 1) continue;
      append(this.#values, line.slice(0, equals), line.slice(equals + 1));
    }
    // As grep tells them: `/etc/os-release:ID=debian`.
    for (const line of this.section('files')) {
      const [, path, text] = /^(\/[^:]*):(.*)$/.exec(line) ?? [];
      if (path !== undefined && text !== undefined) append(this.#files, path, text);
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

  /** Another program's lines. */
  section(name: string): readonly string[] {
    return this.#sections.get(name) ?? [];
  }

  /** The lines that were wanted of a file. */
  file(path: string): readonly string[] {
    return this.#files.get(path) ?? [];
  }

  /** Those of all files whose path is like this, by path. */
  files(like: RegExp): readonly (readonly [path: string, lines: readonly string[]])[] {
    return [...this.#files].filter(([path]) => like.test(path));
  }
}

function append(map: Map<string, string[]>, key: string, line: string): void {
  const lines = map.get(key);
  if (lines === undefined) map.set(key, [line]);
  else lines.push(line);
}

/** `KEY=value` lines with blanks around and quotes, the last one of a key counts. Lines of other forms are left out. */
export function settings(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [, key = '', value = ''] = /^\s*(?:export\s+)?([\w.-]+)\s*=(.*)$/.exec(line) ?? [];
      return key === '' ? [] : [[key, unquote(value)] as const];
    }),
  );
}

/** Without the quotes of a shell around it. */
export function unquote(value: string): string {
  const inner = /^(["'])(.*)\1$/.exec(value.trim())?.[2];
  return inner === undefined ? value.trim() : inner.replaceAll(/\\(["'\\$`])/g, '$1');
}

/** A whole number, 0 for everything else. */
export function count(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** Words between blanks. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
