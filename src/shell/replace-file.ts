import { changes } from './command.js';
import type { Command } from './command.js';

/** The name a file has while it is written: in the same folder, so that the rename is one step. */
export function unfinishedName(path: string): string {
  const slash = path.lastIndexOf('/');
  return `${path.slice(0, slash)}/.${path.slice(slash + 1)}.kmon-new`;
}

export interface Replacement {
  /** Absolute; its folder is there. */
  readonly path: string;
  /** Makes the new one as `"$n"`, with its owner and mode. The path itself is `"$p"`, its folder `"$d"`. */
  readonly make: Command<'changes'>;
  /** Moves `"$n"` to `"$p"`; a rename when absent. */
  readonly place?: Command<'changes'>;
  /**
   * Each run proves it by its checksum before it counts as there: so nobody has to wait until it is on the disk. A program is tens of megabytes, and
   * apt, which is at work beside it, waits for the same disk.
   */
  readonly provenEachRun?: true;
}

/**
 * The one way in which kmon replaces a file: the new one is written beside it and renamed, so that readers see the old or the new one and
 * never half of it, also when the power goes (but for what is `provenEachRun`). What fails leaves nothing; what is killed leaves
 * `unfinishedName` alone, of which the ledger has to know. It must be the last of what `&&` or `||` join, if they do: before them a shell
 * goes on after a failure, whatever `set -e` says.
 */
export function replaceFile({ path, make, place, provenEachRun }: Replacement): Command<'changes'> {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const onDisk = (what: string): Command<'changes'> =>
    provenEachRun === true ? changes`:` : { effect: 'changes', script: `sync -- "${what}"` };
  return changes`(
set -e
p=${path} n=${unfinishedName(path)} d=${folder === '' ? '/' : folder}
trap 'rm -f -- "$n"' EXIT
trap 'exit 129' HUP INT TERM
rm -f -- "$n"
${make}
${
  place ??
  changes`${onDisk('$n')}
mv -fT -- "$n" "$p"`
}
${onDisk('$d')}
)`;
}
