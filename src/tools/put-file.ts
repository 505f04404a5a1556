import { changes, withOptions } from '../shell/command.js';
import type { Command, Stdin } from '../shell/command.js';

/**
 * Puts what comes on stdin into a file. It is written under another name and moved into place only when its checksum is right: an upload
 * that is given up ends, for the machine, like any other, so that length and end of stdin prove nothing.
 */
export function putFile(o: {
  readonly path: string;
  readonly content: Stdin;
  readonly sha256: string;
  /** Three octal digits. */
  readonly mode: string;
  readonly timeoutMs: number;
}): Command<'changes'> {
  const part = `${o.path}.part`;
  const folder = o.path.slice(0, o.path.lastIndexOf('/'));
  return withOptions(
    changes`set -e; mkdir -p ${folder}; cat >${part}
printf '%s  %s\n' ${o.sha256} ${part} | sha256sum --check --status || { rm -f ${part}; echo 'the copy did not arrive whole' >&2; exit 1; }
chmod ${o.mode} ${part}; mv ${part} ${o.path}`,
    { stdin: o.content, timeoutMs: o.timeoutMs },
  );
}
