import { KmonError } from '../../errors/kmon-error.js';
import type { Mistake } from '../../errors/kmon-error.js';

/** A key path in kmon.yaml: `['children', 1, 'port']`. */
export type KeyPath = readonly (string | number)[];

/** Where something stands in kmon.yaml, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One mistake: where, and what is wrong and was expected. */
export interface Problem {
  readonly at: Position;
  readonly text: string;
}

/** `children[1].port`, as people write it. */
export function showPath(path: KeyPath): string {
  return path.reduce<string>(
    (shown, key) =>
      typeof key === 'number' ? `${shown}[${key}]` : shown === '' ? showKey(key) : `${shown}.${showKey(key)}`,
    '',
  );
}

/** A key in a message: as it is when harmless, otherwise in quotes with its control characters escaped. */
export function showKey(key: string): string {
  return /^[A-Za-z0-9_-]{1,60}$/.test(key) ? key : showText(key);
}

/** A text in a message: in quotes, on one line, never longer than a line. */
export function showText(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

/**
 * Every mistake of a file as one error, in the order of the file; the message has each as `kmon.yaml:12:5: what is wrong` on its line.
 * The same sentence at the same place is said once.
 */
export function configError(shownFile: string, problems: readonly Problem[]): KmonError {
  const sorted = problems.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const mistakes = new Map<string, Mistake>();
  for (const { at, text } of sorted) {
    const place = { file: shownFile, ...at };
    mistakes.set(`${shownFile}:${at.line}:${at.column}: ${text}`, { text, place });
  }
  return new KmonError('config', [...mistakes.keys()].join('\n'), {
    mistakes: [...mistakes.values()],
    hint: `correct ${shownFile} and run the command again (nothing was touched)`,
  });
}
