import { execFileSync } from 'node:child_process';
import type { Command } from '../../../src/shell/command.js';

/** Reads the script by the real `sh` without running it; throws with sh's message when it is no valid script. */
export function assertShellSyntax(command: Command): void {
  execFileSync('sh', ['-n'], { input: command.script, stdio: ['pipe', 'pipe', 'pipe'] });
}

/**
 * The words the real `sh` makes of a script that is one simple command: the program's name is replaced by a function that prints its
 * arguments one a line.
 */
export function shellWords(command: Command, program: string): readonly string[] {
  const script = `kmon_words() { printf '%s\\n' "$@"; }\n${command.script.replaceAll(program, 'kmon_words').replace('>/dev/null', '')}`;
  return execFileSync('sh', ['-s'], { input: script, encoding: 'utf8' }).replace(/\n$/, '').split('\n');
}
