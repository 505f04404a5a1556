import { readFile, stat } from 'node:fs/promises';
import { decodeSheet } from '../../config/children/decode.js';
import type { DecodedText } from '../../here/decode-text.js';
import { readChildren } from '../../config/children/read.js';
import type { ChildrenRead } from '../../config/children/read.js';
import { expandPath } from '../../config/paths.js';
import { present } from '../../config/optional-key.js';
import type { Mistake } from '../../errors/kmon-error.js';
import type { Place } from './place.js';

/** What was read from a file of children: to be shown before anything comes of it. */
export interface ChildrenFile {
  /** As it was given. */
  readonly shown: string;
  readonly encoding: DecodedText['encoding'];
  readonly read: ChildrenRead;
}

/** A file that is of no use, with all that is wrong, and what to do about it. */
export interface BadFile {
  readonly mistakes: readonly Mistake[];
  readonly remedy: string;
}

/** Far more than a room of a thousand machines needs: what is larger is another file. */
const LARGEST_BYTES = 1_000_000;

const ANOTHER = 'give the path of a file with one machine a line, such as 192.168.1.11;pc-11;red';

/** Reads a file of children; `shown` is its path as it was given. */
export async function readChildrenFile(
  shown: string,
  { cwd, home }: Place,
  parent: string | undefined,
): Promise<ChildrenFile | BadFile> {
  const bytes = await bytesOf(expandPath(shown, { folder: cwd, home }));
  if (typeof bytes === 'string') return { mistakes: [{ text: `${shown}: ${bytes}` }], remedy: ANOTHER };
  const decoded = decodeSheet(bytes);
  if ('mistake' in decoded)
    return { mistakes: [{ text: `${shown}: ${decoded.mistake}` }], remedy: decoded.remedy };
  const read = readChildren(decoded.text, present('parent', parent));
  const mistakes = read.mistakes.map(({ line, column, text }) => ({
    text,
    place: { file: shown, line, column },
  }));
  if (mistakes.length === 0 && read.machines.length === 0)
    return { mistakes: [{ text: `${shown}: it names no machine` }], remedy: ANOTHER };
  const remedy = `correct ${shown} and run the command again (nothing was written)`;
  return mistakes.length > 0 ? { mistakes, remedy } : { shown, encoding: decoded.encoding, read };
}

/** The bytes, or why there are none. */
async function bytesOf(file: string): Promise<Buffer | string> {
  try {
    const { size } = await stat(file);
    return size > LARGEST_BYTES ? 'it is too large for a list of machines' : await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file' : `it cannot be read (${code})`;
  }
}
