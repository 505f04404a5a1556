/** A value on the command line that cannot be meant. The message says what to give instead: "give a percentage from 1 to 100." */
export class WrongValue extends Error {}

/** A command line that cannot be carried out: nothing was done. The message is for the person who wrote it. */
export class WrongUse extends Error {}

/** What `parse` makes of a word. @throws WrongUse that names the `place` of the word where `parse` throws a WrongValue. */
export function parsed<T>(parse: (word: string) => T, word: string, place: string): T {
  try {
    return parse(word);
  } catch (error) {
    if (!(error instanceof WrongValue)) throw error;
    throw new WrongUse(`${place} '${word}' is invalid. ${error.message}`, { cause: error });
  }
}
