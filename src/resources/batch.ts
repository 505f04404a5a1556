import { KmonError } from '../errors/kmon-error.js';
import type { Command } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';
import type { Json, Reversible } from './resource.js';

/**
 * The reads of one machine as one script, so that they take one round trip. Each runs in a shell of its own; its output lies between
 * lines that hold `nonce`, which nothing on the machine can know: take a new random one for each call.
 */
export function readAll(things: readonly Reversible[], nonce: string): Command<'reads'> {
  if (!/^[a-z0-9]{8,}$/i.test(nonce)) throw new TypeError('a nonce is eight or more letters and digits');
  const scripts = things.map((thing, i) => {
    if (thing.read.stdin !== undefined) throw new TypeError(`the read of ${thing.id} wants stdin`);
    return `echo '${nonce} ${i}'
(
${thing.read.script}
) </dev/null
printf '\\n%s %s\\n' '${nonce} end' "$?"`;
  });
  return { effect: 'reads', script: scripts.join('\n') };
}

/**
 * The states of the same things, in their order.
 *
 * @throws KmonError `command` that names the first thing whose state could not be read.
 */
export function parseAll(things: readonly Reversible[], result: ExecResult, nonce: string): readonly Json[] {
  let rest = result.stdout;
  return things.map((thing, i) => {
    const begin = `${nonce} ${i}\n`;
    const end = `\n${nonce} end `;
    const from = rest.startsWith(begin) ? begin.length : -1;
    const to = rest.indexOf(end, from);
    const feed = rest.indexOf('\n', to + end.length);
    if (from < 0 || to < 0 || feed < 0) throw unreadable(thing, 'its output is cut off', lastOf(result));
    const stdout = rest.slice(from, to);
    const exitCode = Number(rest.slice(to + end.length, feed));
    rest = rest.slice(feed + 1);
    if (exitCode !== 0) throw unreadable(thing, lastOf(result) ?? `exit code ${exitCode}`);
    try {
      return thing.parse({ ...result, stdout, exitCode });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw unreadable(thing, error.message, lastOf(result));
    }
  });
}

function lastOf(result: ExecResult): string | undefined {
  const line = result.stderr.trim().split('\n').at(-1);
  return line === '' ? undefined : line;
}

function unreadable(thing: Reversible, why: string, evidence?: string): KmonError {
  return new KmonError('command', `the state of "${thing.id}" cannot be read: ${why}`, {
    hint: 'see the transcript for what the machine said',
    ...(evidence === undefined ? {} : { evidence }),
  });
}
