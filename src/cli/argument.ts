import { WrongUse } from './wrong-use.js';

/** A word that a command takes, by its place. */
export interface Argument<Value = unknown> {
  /** As help shows it: "machine", "up|down". */
  readonly name: string;
  readonly help: string;
  /** The words that it may be. */
  readonly words?: readonly string[];
  /** The command does without it. */
  readonly optional?: true;
  /** @throws WrongUse */
  read(word: string): Value;
}

/** The arguments of a command in order, each by the name under which the command gets its value. */
export type ArgumentList<Values> = { readonly [Name in keyof Values]: Argument<Values[Name]> };

/** Any word. */
export function word(o: { readonly name: string; readonly help: string }): Argument<string> {
  return { ...o, read: (given) => given };
}

/** Any word, or none. */
export function anyWord(o: { readonly name: string; readonly help: string }): Argument<string | undefined> {
  return { ...o, optional: true, read: (given) => (given === '' ? undefined : given) };
}

/** One of a few words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  o: { readonly name?: string; readonly help: string },
): Argument<Word> {
  const name = o.name ?? words.join('|');
  return {
    name,
    help: o.help,
    words,
    read: (given) => {
      const found = words.find((w) => w === given);
      if (found === undefined)
        throw new WrongUse(`argument '${given}' is invalid for <${name}>. give one of ${words.join(', ')}.`);
      return found;
    },
  };
}
