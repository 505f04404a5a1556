import { readFileSync, statSync } from 'node:fs';
import { KmonError } from '../../errors/kmon-error.js';
import { textOfBytes } from '../../here/decode-text.js';
import type { Platform } from '../../here/platform/platform.js';
import { thisPlatform } from '../../here/platform/this-platform.js';

/** One setting of an ssh configuration. */
export interface SshConfigLine {
  /** In small letters. */
  readonly keyword: string;
  /** All that stands behind it, for the settings that OpenSSH splits in a way of their own. */
  readonly rest: string;
  /** The same, in words, without quotes and comment. */
  readonly words: readonly string[];
  /** Number of its line. */
  readonly at: number;
}

/** The settings of a file, in their order. @throws KmonError `config` with file and line for what cannot be read. */
export type SshConfigReader = (file: string) => readonly SshConfigLine[];

/** Reads a file once, however many hosts are looked up in it. */
export function sshConfigReader(): SshConfigReader {
  const known = new Map<string, readonly SshConfigLine[]>();
  return (file) => {
    const lines = known.get(file) ?? readSshConfigFile(file);
    known.set(file, lines);
    return lines;
  };
}

/** A file that is not there, and a folder, are empty ones. */
export function readSshConfigFile(file: string): readonly SshConfigLine[] {
  return readText(file)
    .split('\n')
    .flatMap((text, i) => parseLine(text, file, i + 1) ?? []);
}

const BLANKS = /^[ \t\r\n]+/;

/**
 * Takes one word off, as OpenSSH takes keywords and the criteria of Match: it ends with a blank, a quoted part, or one `=` with or without
 * blanks around. `undefined`: a quote is not closed. The rest is absent where the word goes to the end.
 */
export function takeWord(text: string): { readonly word: string; readonly rest?: string } | undefined {
  const at = text.search(/[ \t\r\n"=]/);
  if (at === -1) return { word: text };
  if (text.charAt(at) === '"') {
    const end = text.indexOf('"', at + 1);
    if (end === -1) return undefined;
    return {
      word: text.slice(0, at) + text.slice(at + 1, end),
      rest: text.slice(end + 1).replace(BLANKS, ''),
    };
  }
  const behind = text.slice(at + 1).replace(BLANKS, '');
  const equals = text.charAt(at) !== '=' && behind.startsWith('=');
  return { word: text.slice(0, at), rest: equals ? behind.slice(1).replace(BLANKS, '') : behind };
}

function parseLine(text: string, file: string, at: number): SshConfigLine | undefined {
  const line = text.replace(/[ \t\r\f]+$/, '');
  let taken = takeWord(line);
  // Blanks before it are an empty word.
  if (taken?.word === '') taken = takeWord(taken.rest ?? '');
  if (taken === undefined || taken.word === '' || taken.word.startsWith('#')) return undefined;
  const { word, rest = '' } = taken;
  const keyword = word.toLowerCase();
  if (rest === '') throw wrongAt(`${file}:${at}`, `${keyword} has no value`);
  const words = splitWords(rest);
  if (words === undefined) throw wrongAt(`${file}:${at}`, 'a quote is not closed');
  return { keyword, rest, words, at };
}

/** Words with OpenSSH's quoting: double or single quotes, a backslash before a quote, a backslash or a space; `#` begins a comment. */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charAt(i);
    const next = text.charAt(i + 1);
    if (quote === undefined && (c === ' ' || c === '\t')) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (c === '#' && word === undefined) break;
    word ??= '';
    if (c === '\\' && (/["'\\]/.test(next) || (quote === undefined && next === ' '))) {
      word += next;
      i += 1;
    } else if (c === quote) quote = undefined;
    else if (quote === undefined && (c === '"' || c === "'")) quote = c;
    else word += c;
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}

function readText(file: string): string {
  try {
    return textOfBytes(readFileSync(file));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return '';
    throw new KmonError('config', `${file} cannot be read`, { hint: 'correct its permissions', cause });
  }
}

/**
 * Whoever may write into the file decides where kmon goes, and as whom: OpenSSH reads none that others than its owner may write to.
 *
 * @throws KmonError `config`
 */
export function requireOwn(file: string, platform: Platform = thisPlatform): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const exposed = platform.writers(file, stat);
  if (exposed === undefined) return;
  throw new KmonError(
    'config',
    exposed.owner === true
      ? `${file} belongs to another user, and ssh reads no such file`
      : `others may write to ${file} (${exposed.how}), and ssh reads no such file`,
    { hint: exposed.remedy },
  );
}

/** @param where file and line */
export function wrongAt(where: string, what: string): KmonError {
  return new KmonError('config', `${where}: ${what}`, {
    hint: 'correct this line (ssh -G HOST shows what it means)',
  });
}
