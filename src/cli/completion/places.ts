import type { Command } from '../command.js';
import { GROUPS } from '../groups.js';
import { flag } from '../option.js';
import type { Option } from '../option.js';

/** What may follow one beginning of a command line. */
export interface Place {
  /** The words behind `kmon`: none, a command, a group, or a command of a group. */
  readonly words: readonly string[];
  /** The words that lead to the next place, with what they are for. */
  readonly next: readonly { readonly word: string; readonly help: string }[];
  readonly arguments: Command['arguments'];
  readonly options: readonly Option[];
}

const HELP = flag({ short: '-h', flag: '--help', help: 'display help for command' });
const VERSION = flag({ short: '-V', flag: '--version', help: 'output the version number' });

/** Every place at which a shell may be asked what comes next; the outermost first. */
export function placesOf(commands: readonly Command[]): readonly Place[] {
  const within = (group: string): Place['next'] =>
    commands
      .filter(({ name }) => name.startsWith(`${group} `))
      .map(({ name, summary }) => ({ word: name.slice(group.length + 1), help: summary }));
  const groups = Object.entries(GROUPS).filter(([group]) => within(group).length > 0);
  const single = commands.filter(({ name }) => !name.includes(' '));
  return [
    {
      words: [],
      next: [
        ...single.map(({ name, summary }) => ({ word: name, help: summary })),
        ...groups.map(([word, help]) => ({ word, help })),
      ],
      arguments: [],
      options: [VERSION, HELP],
    },
    ...groups.map(([group]) => ({ words: [group], next: within(group), arguments: [], options: [HELP] })),
    ...commands.map((c) => ({
      words: c.name.split(' '),
      // A command may have commands of its own behind it.
      next: within(c.name),
      arguments: c.arguments,
      options: [...c.options, HELP],
    })),
  ];
}

/** The flags of an option, the short one first. */
export function flagsOf({ flag: long, short }: Option): readonly string[] {
  return short === undefined ? [long] : [short, long];
}
