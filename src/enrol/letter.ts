/** What a laptop and kmon say to each other: lines of a word and what it says. A word may come several times. */
export type Letter = ReadonlyMap<string, readonly string[]>;

/** By these a registration cannot be taken for a question, nor an answer for either. */
export type LetterKind = 'register' | 'ask' | 'answer' | 'fetch';

const HEAD = 'kmon-enrol 1';
const LARGEST_LINES = 60;

/** @throws TypeError for a value that would make another line */
export function letterText(
  kind: LetterKind,
  lines: readonly (readonly [word: string, says: string])[],
): string {
  return [`${HEAD} ${kind}`, ...lines.map(([word, says]) => lineOf(word, says)), ''].join('\n');
}

/** A reason as one line: it may be of several, such as the mistakes of a file. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}]+/gu, ' ').trim();
}

function lineOf(word: string, says: string): string {
  if (/[\p{Cc}]/u.test(says)) throw new TypeError(`${word} would break its line`);
  return `${word} ${says}`;
}

/** `undefined` for what is none, or of another kind. */
export function readLetter(kind: LetterKind, text: string): Letter | undefined {
  const [head, ...lines] = text.split('\n');
  if (head !== `${HEAD} ${kind}` || lines.pop() !== '' || lines.length > LARGEST_LINES) return undefined;
  const letter = new Map<string, string[]>();
  for (const line of lines) {
    const [, word, says = ''] = /^([a-z]{1,32}) ([^\p{Cc}]*)$/u.exec(line) ?? [];
    if (word === undefined) return undefined;
    letter.set(word, [...(letter.get(word) ?? []), says]);
  }
  return letter;
}

/** What a word says that comes once; `undefined` where it comes not at all, or several times. */
export function oneOfLetter(letter: Letter, word: string): string | undefined {
  const said = letter.get(word);
  return said?.length === 1 ? said[0] : undefined;
}
