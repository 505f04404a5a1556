import type { Command } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { GROUPS } from '../../src/cli/groups.js';
import { termOf } from '../../src/cli/option.js';

/** What kmon takes where it is called alone, or only by the name of a group. */
const ALONE: readonly string[] = ['-h', '--help', '-V', '--version'];

/** The flags that a command takes, long and short ones. */
export function flagsOf({ options }: Command): readonly string[] {
  return [
    ...options.flatMap(({ flag, short }) => [flag, ...(short === undefined ? [] : [short])]),
    '-h',
    '--help',
  ];
}

/** The commands and flags that a line names and kmon does not have. The line may go on as a sentence. */
export function unknownIn(line: string): readonly string[] {
  const words = wordsOf(line);
  const flags = words.flatMap((word) => /^--?[a-z][a-z-]*/i.exec(word)?.[0] ?? []);
  const [first = ''] = words;
  const name = nameIn(words);
  const command = commandIn(words);
  const alone = first === '' || first.startsWith('-') || Object.hasOwn(GROUPS, name);
  if (!alone && command === undefined) return [`there is no kmon ${name}`];
  const known = command === undefined ? ALONE : flagsOf(command);
  return flags
    .filter((flag) => !known.includes(flag))
    .map((flag) => `kmon ${command?.name ?? name} has no ${flag}`);
}

/** What kmon would refuse in a whole line; nothing when it takes it. The values themselves are not looked at. */
export function mistakesIn(line: string): readonly string[] {
  const unknown = unknownIn(line);
  const words = wordsOf(line);
  const command = commandIn(words);
  if (unknown.length > 0 || command === undefined) return unknown;
  return misplaced(words.slice(command.name.split(' ').length), command);
}

/** The command that the words behind `kmon` call; none for `kmon --help`. */
export function commandIn(words: readonly string[]): Command | undefined {
  return COMMANDS.find((c) => c.name === nameIn(words));
}

/** What stands for a command: one word, or two where the first one is that of a group, or both are a command of their own. */
function nameIn([first = '', second = '']: readonly string[]): string {
  const both = `${first} ${second}`;
  const isCommand = COMMANDS.some(({ name }) => name === both);
  return isCommand || (Object.hasOwn(GROUPS, first) && /^[a-z]/.test(second)) ? both : first;
}

/** The words behind `kmon` as a shell sees them, up to where it sends the output elsewhere. */
function wordsOf(line: string): readonly string[] {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '');
  const end = words.findIndex((word) => /^(\d*>|\||&&|;|#)/.test(word));
  return words.slice(1, end < 0 ? undefined : end);
}

/** Values that are missing, and words that have no place. */
function misplaced(words: readonly string[], command: Command): readonly string[] {
  const mistakes: string[] = [];
  let places = command.arguments.length;
  for (let i = 0; i < words.length; i += 1) {
    const [word = '', value] = (words[i] ?? '').split('=', 2);
    const isValue = (): boolean => words[i + 1]?.startsWith('-') === false;
    const option = command.options.find((o) => o.flag === word || o.short === word);
    if (!word.startsWith('-')) {
      places -= 1;
      if (places < 0) mistakes.push(`kmon ${command.name}: ${word} is too much`);
    } else if (option?.operand !== undefined && value === undefined) {
      const { optional, repeated } = option.operand;
      if (isValue()) i += 1;
      else if (!optional) mistakes.push(`kmon ${command.name}: nothing stands behind ${termOf(option)}`);
      while (repeated && isValue()) i += 1;
    }
  }
  return mistakes;
}
