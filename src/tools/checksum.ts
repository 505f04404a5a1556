import { reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';

/**
 * Shell text that makes `sha256 FILE...`: a line a file, 64 digits, two characters, the path. By OpenSSL where it is there: it uses what the
 * processor has for it, which the program of coreutils does not, and takes a quarter of the time.
 */
export const sha256 = reads`sha256() { openssl dgst -sha256 -r "$@" 2>/dev/null || sha256sum "$@"; }`;

/** The checksums of those files that are there; see `parseChecksums`. */
export function checksums(paths: readonly string[]): Command<'reads'> {
  return reads`${sha256}
sha256 ${paths} 2>/dev/null || true`;
}

/** By path. */
export function parseChecksums(stdout: string): ReadonlyMap<string, string> {
  return new Map(stdout.split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
}
