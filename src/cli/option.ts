import { parsed } from './wrong-use.js';

/** What stands on the command line for an option: nothing, whether its flag does, a word, or several. */
export type Given = undefined | boolean | string | readonly string[];

/** What may stand behind a flag. */
export interface Operand {
  /** As help shows it: "percent". */
  readonly name: string;
  /** Up to the next flag, and each time that the flag is repeated. */
  readonly repeated: boolean;
  /** The flag may stand alone. */
  readonly optional: boolean;
  /** What a shell offers to complete. */
  readonly completes?: 'files' | 'folders' | readonly string[];
}

/** An option as data: the command line, help, documentation, completion and tests read it here, and `Value` is what its command gets. */
export interface Option<Value = unknown> {
  /** "--dry-run"; with "--no-" before it where the flag takes something away. */
  readonly flag: string;
  /** "-c" */
  readonly short?: string;
  readonly help: string;
  readonly operand?: Operand;
  /** The value where the flag is not given, as far as help tells of it. */
  readonly standard?: Value;
  /** A flag of the same command without which this one says nothing. */
  readonly goesWith?: string;
  /** A flag of the same command beside which this one says nothing. */
  readonly notWith?: string;
  /** @throws WrongUse */
  read(given: Given): Value;
}

/** The options of a command, each by the name under which the command gets its value. */
export type OptionList<Values> = { readonly [Name in keyof Values]: Option<Values[Name]> };

interface Written {
  readonly flag: string;
  readonly short?: string;
  readonly help: string;
}

interface WrittenValue<T> extends Written {
  readonly operand: string;
  readonly completes?: Operand['completes'];
  /** @throws WrongValue */
  readonly parse: (word: string) => T;
}

/** The word itself. */
export const asWritten = (word: string): string => word;

/** An option that is there or not. */
export function flag(o: Written): Option<boolean> {
  return { ...o, read: (given) => given === true };
}

/** `--no-…`: its value is true unless it is given. */
export function unless(o: Written): Option<boolean> {
  return { ...o, read: (given) => given !== false };
}

/** An option with a word behind it. */
export function value<T>(o: WrittenValue<T> & { readonly standard: T }): Option<T>;
export function value<T>(o: WrittenValue<T>): Option<T | undefined>;
export function value<T>(o: WrittenValue<T> & { readonly standard?: T }): Option<T | undefined> {
  const { parse, operand, completes, ...written } = o;
  const place = `option '${o.flag} <${operand}>' argument`;
  return {
    ...written,
    operand: operandOf(operand, { completes }),
    read: (given) => (typeof given === 'string' ? parsed(parse, given, place) : o.standard),
  };
}

/** An option with one word or more behind it; its value is empty where it is not given. */
export function list<T>(o: WrittenValue<T>): Option<readonly T[]> {
  const { parse, operand, completes, ...written } = o;
  const place = `option '${o.flag} <${operand}...>' argument`;
  return {
    ...written,
    operand: operandOf(operand, { completes, repeated: true }),
    read: (given) => (typeof given === 'object' ? given.map((word) => parsed(parse, word, place)) : []),
  };
}

/** As `list`, but the flag may stand alone: its value is empty then, and `undefined` where it is not given. */
export function anyOrAll<T>(o: WrittenValue<T>): Option<readonly T[] | undefined> {
  const some = list(o);
  return {
    ...some,
    operand: operandOf(o.operand, { completes: o.completes, repeated: true, optional: true }),
    read: (given) => (given === undefined || given === false ? undefined : some.read(given)),
  };
}

/** The same option where it says nothing without another flag of its command: without that it is refused. */
export function onlyWith<T>(goesWith: string, option: Option<T>): Option<T> {
  return { ...option, goesWith };
}

/** The same option where it says nothing beside another flag of its command: beside that it is refused. */
export function notWith<T>(flagOfIt: string, option: Option<T>): Option<T> {
  return { ...option, notWith: flagOfIt };
}

/** "-c, --config <file>" */
export function termOf({ short, flag: long, operand }: Option): string {
  const flags = short === undefined ? long : `${short}, ${long}`;
  if (operand === undefined) return flags;
  const name = `${operand.name}${operand.repeated ? '...' : ''}`;
  return `${flags} ${operand.optional ? `[${name}]` : `<${name}>`}`;
}

function operandOf(
  name: string,
  o: { readonly completes: Operand['completes']; readonly repeated?: true; readonly optional?: true },
): Operand {
  return {
    name,
    repeated: o.repeated === true,
    optional: o.optional === true,
    ...(o.completes === undefined ? {} : { completes: o.completes }),
  };
}

/** The value of an option that is not given, as it would be typed. */
export function standardText(standard: unknown): string {
  return Array.isArray(standard) ? standard.join(',') : JSON.stringify(standard);
}
