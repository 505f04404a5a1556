import type { Command } from '../shell/command.js';
import { quote } from '../shell/quote.js';
import type { ExecResult } from '../transport/transport.js';
import { newMark } from './mark.js';
import { afterMark, framed } from './wire.js';

/**
 * A query that travels with the look for sudo, so that what is surely asked first costs no round trip of its own. Where becoming root
 * needs a password it stays undone, and is asked for in the usual way.
 */
export interface Errand {
  readonly command: Command<'reads'>;
  /** Shell text that puts the whole query, run as root, into the variable `f`. */
  readonly load: string;
  /** What the query answered, out of what the look printed; `said` is the rest. To be called once. */
  keep(result: ExecResult): { readonly said: string; readonly done: boolean };
  /** The kept answer, for the command itself, once; it says when it came. */
  readonly take: (command: Command) => ExecResult | undefined;
}

/** @throws TypeError for a query with a stdin: there is none left for it. */
export function errand(command: Command<'reads'>): Errand {
  if (command.stdin !== undefined) throw new TypeError('a query with stdin cannot go along');
  const mark = newMark();
  let kept: ExecResult | undefined;
  return {
    command,
    load: `f=${quote(framed(command.script, { mode: 'root' }, mark))}`,
    keep(result) {
      const stdout = afterMark(result.stdout, mark);
      if (stdout === undefined) return { said: result.stdout, done: false };
      kept = {
        ...result,
        stdout,
        stderr: afterMark(result.stderr, mark) ?? '',
        endedAt: Date.now(),
      };
      return { said: result.stdout.slice(0, result.stdout.indexOf(`${mark}\n`)), done: true };
    },
    take: (asked) => {
      if (asked.script !== command.script || asked.stdin !== undefined) return undefined;
      const answer = kept;
      kept = undefined;
      return answer;
    },
  };
}
