import { changes, reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';

/**
 * Prints the paths of those files by which sudo remembers a user's first use that are kmon's: it puts one of its own first (`runner/sudo.ts`)
 * and takes it away at the end of a run; one that was killed leaves it, and it is known by its content.
 */
export const findSudoMarks: Command<'reads'> = reads`cut -d: -f6 /etc/passwd | sort -u | while read -r home; do
  m=$home/.sudo_as_admin_successful
  if [ -f "$m" ] && grep -qsx kmon "$m"; then printf '%s\n' "$m"; fi
done`;

/** Takes exactly those away. */
export const removeSudoMarks: Command<'changes'> = changes`${findSudoMarks} | while read -r m; do rm -f -- "$m"; done`;
