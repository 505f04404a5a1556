import { ownVersion } from '../../here/own-folder.js';
import type { WrittenDocument } from '../document.js';
import type { Problem } from './problems.js';

/** `0.2` or `0.2.1`: the oldest kmon that may read a file. */
export const KMON_VERSION = /^\d{1,4}\.\d{1,4}(\.\d{1,4})?$/;

/**
 * Whether the file is for a newer kmon than this one. To be asked before anything else of it is judged: what only that one knows would be told as
 * a mistake of who wrote it.
 */
export function checkVersion(doc: WrittenDocument, version: string = ownVersion()): readonly Problem[] {
  const { value } = doc;
  const asked: unknown =
    typeof value === 'object' && value !== null && 'kmon' in value ? value.kmon : undefined;
  if (typeof asked !== 'string' || !KMON_VERSION.test(asked) || !isOlder(version, asked)) return [];
  return [
    {
      at: doc.at(['kmon']),
      text: `this room asks for kmon ${asked} or newer, and this is ${version}: install that one`,
    },
  ];
}

function isOlder(version: string, than: string): boolean {
  const [mine, theirs] = [version, than].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10)),
  );
  for (const [i, wanted] of (theirs ?? []).entries()) {
    const have = mine?.[i] ?? 0;
    if (have !== wanted) return have < wanted;
  }
  return false;
}
