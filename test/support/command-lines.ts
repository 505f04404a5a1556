import type { Command } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { GROUPS } from '../../src/cli/groups.js';

/** What kmon takes where it is called alone. */
const ALONE: readonly string[] = ['-h', '--help', '-V', '--version'];

/** The flags that a command takes, long and short ones. */
export function flagsOf({ options }: Command): readonly string[] {
  return [
    ...options.flatMap(({ flag, short }) => [flag, ...(short === undefined ? [] : [short])]),
    '-h',
    '--help',
  ];
}

/** What is wrong with a line that somebody is told to type; nothing when the command line takes it. */
export function mistakesIn(line: string): readonly string[] {
  const words = line.split(/\s+/).slice(1);
  const flags = words.flatMap((word) => /^--?[a-z][a-z-]*/i.exec(word)?.[0] ?? []);
  const name = /^kmon((?: [a-z][a-z-]*)*)/.exec(line)?.[1]?.trim() ?? '';
  if (name === '' || Object.hasOwn(GROUPS, name))
    return flags.filter((flag) => !ALONE.includes(flag)).map((flag) => `kmon ${name} has no ${flag}`);
  const command = COMMANDS.find((c) => name === c.name || name.startsWith(`${c.name} `));
  if (command === undefined) return [`there is no kmon ${name}`];
  const known = flagsOf(command);
  return flags.filter((flag) => !known.includes(flag)).map((flag) => `kmon ${command.name} has no ${flag}`);
}
