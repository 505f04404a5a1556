import { ERROR_CODES } from '../errors/exit-codes.js';
import type { ErrorCode } from '../errors/exit-codes.js';
import type { Argument, ArgumentList } from './argument.js';
import type { Io } from './io.js';
import type { Given, Option, OptionList } from './option.js';
import { WrongUse } from './wrong-use.js';

/** A line that somebody may type, and what it means to the command: the tests hold the one against the other. */
export interface Example<Values = object> {
  readonly line: string;
  /** Why one would. */
  readonly does: string;
  /** The values that are not those of the bare command. */
  readonly means?: Partial<Values>;
}

/** A command as it is written down: everything that is known of it but how its work is done. */
interface Declaration<Options extends object, Arguments extends object> {
  /** What is typed behind `kmon`; two words for a command of a group. */
  readonly name: string;
  /** What it does, as a clause: lower case, no full stop. */
  readonly summary: string;
  /** What one should know before the first time, in whole sentences. */
  readonly description: string;
  readonly arguments: ArgumentList<Arguments>;
  readonly options: OptionList<Options>;
  /** The first one tells the command in the story of `kmon --help`. */
  readonly examples: readonly [
    Example<NoInfer<Options & Arguments>>,
    ...Example<NoInfer<Options & Arguments>>[],
  ];
  /** How it may end, besides `usage` and `bug`: any command may end so. */
  readonly exitCodes: readonly ErrorCode[];
  /** Loads the work when it is called for, does it, and resolves to the exit code. `all`: for a command that tells of the others. */
  run(io: Io, given: Options & Arguments, all: readonly Command[]): Promise<number>;
}

/** What stands on a command line behind the name of the command. */
export interface Words {
  /** By the names of the options. */
  readonly options: Readonly<Record<string, Given>>;
  readonly arguments: readonly string[];
}

/** A command line that was understood. */
export interface Call {
  /** What the command gets. */
  readonly values: object;
  run(io: Io, all: readonly Command[]): Promise<number>;
}

/** A command among others: whatever its values are. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly arguments: readonly Argument[];
  readonly options: readonly (Option & { readonly name: string })[];
  readonly examples: readonly [Example, ...Example[]];
  /** In the order of their numbers. */
  readonly exitCodes: readonly ErrorCode[];
  /** @throws WrongUse when the words are none that the command takes */
  understand(words: Words): Call;
}

/** A command as data: one value, from which the command line, help, documentation and completion are made. Its work gets typed values. */
export function defineCommand<Options extends object, Arguments extends object>(
  declaration: Declaration<Options, Arguments>,
): Command {
  const { name, summary, description, examples } = declaration;
  const options = namedOptions(declaration.options);
  const ends = new Set<ErrorCode>([...declaration.exitCodes, 'usage', 'bug']);
  return {
    name,
    summary,
    description,
    arguments: argumentsIn(declaration.arguments),
    options,
    examples,
    exitCodes: ERROR_CODES.filter((code) => ends.has(code)),
    understand: (words) => {
      refuseIdle(options, words.options);
      const values = {
        ...readOptions(declaration.options, words.options),
        ...readArguments(declaration.arguments, words.arguments),
      };
      return { values, run: (io, all) => declaration.run(io, values, all) };
    },
  };
}

function readOptions<Values extends object>(
  list: OptionList<Values>,
  given: Readonly<Record<string, Given>>,
): Values {
  const values: Partial<Values> = {};
  for (const name in list) values[name] = list[name].read(given[name]);
  if (!isWhole(list, values)) throw new TypeError('an option was not read');
  return values;
}

function readArguments<Values extends object>(list: ArgumentList<Values>, words: readonly string[]): Values {
  const values: Partial<Values> = {};
  let place = 0;
  for (const name in list) {
    values[name] = list[name].read(words[place] ?? '');
    place += 1;
  }
  if (!isWhole(list, values)) throw new TypeError('an argument was not read');
  return values;
}

function isWhole<Values extends object>(
  list: { readonly [Name in keyof Values]: unknown },
  values: Partial<Values>,
): values is Values {
  return Object.keys(list).every((name) => Object.hasOwn(values, name));
}

/** @throws WrongUse for flags without the one that they go with, or beside one that leaves them nothing to say */
function refuseIdle(options: Command['options'], given: Words['options']): void {
  const isGiven = (flag: string): boolean =>
    options.some((o) => o.flag === flag && given[o.name] !== undefined);
  for (const { flag: other } of options) {
    const lonely = options.filter((o) => o.goesWith === other && isGiven(o.flag) && !isGiven(other));
    if (lonely.length > 0) throw new WrongUse(`${idle(lonely, `with ${other}`)}, or add ${other}`);
    const beside = options.filter((o) => o.notWith === other && isGiven(o.flag) && isGiven(other));
    if (beside.length > 0) throw new WrongUse(idle(beside, `without ${other}`));
  }
}

function idle(options: readonly Option[], how: string): string {
  const several = options.length > 1;
  const flags = options.map((o) => o.flag).join(', ');
  return `${flags} ${several ? 'go' : 'goes'} ${how}: leave ${several ? 'them' : 'it'} out`;
}

function namedOptions<Values extends object>(list: OptionList<Values>): Command['options'] {
  const found: (Option & { readonly name: string })[] = [];
  for (const name in list) found.push({ ...list[name], name });
  return found;
}

function argumentsIn<Values extends object>(list: ArgumentList<Values>): readonly Argument[] {
  const found: Argument[] = [];
  for (const name in list) found.push(list[name]);
  return found;
}
