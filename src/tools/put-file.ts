import { changes, withOptions } from '../shell/command.js';
import type { Command, Stdin } from '../shell/command.js';
import { replaceFile } from '../shell/replace-file.js';
import { sha256 } from './checksum.js';

/**
 * Puts what comes on stdin into a file, and makes the folders above it. It takes its place only when its checksum is right: an upload
 * that is given up ends, for the machine, like any other, so that length and end of stdin prove nothing.
 */
export function putFile(o: {
  readonly path: string;
  readonly content: Stdin;
  /** It comes packed with gzip, which every Debian has as an essential package: https://www.debian.org/doc/debian-policy/ch-binary.html */
  readonly packed?: boolean;
  /** Of the file as it is in the end. */
  readonly sha256: string;
  /** Three octal digits. */
  readonly mode: string;
  readonly timeoutMs: number;
}): Command<'changes'> {
  return withOptions(
    replaceFile({
      path: o.path,
      provenEachRun: true,
      make: changes`mkdir -p -- "$d"; ${o.packed === true ? changes`gzip -dc` : changes`cat`} >"$n"
${sha256}
[ "$(sha256 "$n" | cut -c 1-64)" = ${o.sha256} ] || { echo 'the copy did not arrive whole' >&2; exit 1; }
chmod ${o.mode} "$n"`,
    }),
    { stdin: o.content, timeoutMs: o.timeoutMs },
  );
}
