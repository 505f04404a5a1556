import type { z } from 'zod';
import type { WrittenDocument } from '../document.js';
import { showKey, showPath, showText, type KeyPath, type Problem } from './problems.js';
import { nearestKey } from './suggest.js';
import type { KeyMaps } from '../key-maps.js';

/** What a file may hold, and what is told of it beside what its schema says itself. */
export interface Wanted<T> {
  readonly schema: z.ZodType<T>;
  readonly keys: KeyMaps;
  /** Completes the mistake of a text that was refused, or is nothing. */
  adviceFor?(path: KeyPath, written: string): string;
  /** What is said of a key that is not known, in place of the nearest one. */
  adviceOnKey?(map: KeyPath, key: string): string | undefined;
  /** Whether what stands there may be a secret: no message repeats it. */
  isSecret?(path: KeyPath): boolean;
}

/** Every key on its own: known, there, of the right kind. `written` is absent when there is any problem. */
export function checkSchema<T>(
  doc: WrittenDocument,
  wanted: Wanted<T>,
): { readonly written?: T; readonly problems: readonly Problem[] } {
  const result = wanted.schema.safeParse(doc.value);
  if (result.success) return { written: result.data, problems: [] };

  const unknown = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ map: keyPath(issue), key })) : [],
  );
  // A misspelt `parnt` must not be reported a second time as a missing `parent`.
  const meant = new Set(
    unknown.map(({ map, key }) => showPath([...map, nearestKey(key, wanted.keys.at(map)) ?? key])),
  );
  const problems = [
    ...unknown.map(({ map, key }) => unknownKey(doc, map, key, wanted)),
    ...result.error.issues
      .filter((issue) => issue.code !== 'unrecognized_keys' && !meant.has(showPath(keyPath(issue))))
      .map((issue) => wrongValue(doc, issue, wanted)),
  ];
  return { problems };
}

type Said = Omit<Wanted<unknown>, 'schema'>;

function unknownKey(doc: WrittenDocument, map: KeyPath, key: string, wanted: Said): Problem {
  const path = [...map, key];
  const known = wanted.keys.at(map);
  const meant = nearestKey(key, known);
  const homes = wanted.keys.homesOf(key);
  const advice =
    wanted.adviceOnKey?.(map, key) ??
    (meant !== undefined
      ? `did you mean ${meant}?`
      : homes.length > 0
        ? `it belongs to ${homes.join(' or ')}`
        : `known here: ${known.join(', ')}`);
  return { at: doc.keyAt(path), text: `unknown key ${showPath(path)} (${advice})` };
}

function wrongValue(doc: WrittenDocument, issue: z.core.$ZodIssue, wanted: Said): Problem {
  const path = keyPath(issue);
  const expected = issue.message;
  if (path.length === 0) {
    const found = doc.value === undefined ? 'the file is empty' : 'the file is no map of keys';
    return { at: doc.at([]), text: `${found}: it must be ${expected}` };
  }
  const found = valueAt(doc.value, path);
  if (found.missing) {
    return { at: doc.at(path), text: `${showPath(path)} is missing: it must be ${expected}` };
  }
  const isText = issue.code === 'invalid_type' && issue.expected === 'string';
  const spelling = doc.spelling(found.path);
  const quotes = isText && spelling !== undefined ? `: write it in quotes, ${JSON.stringify(spelling)}` : '';
  const advice =
    typeof found.value === 'string' ? (wanted.adviceFor?.(found.path, found.value) ?? '') : quotes;
  return {
    at: doc.at(found.path),
    text: `${showPath(found.path)} must be ${expected}, not ${describe(doc, found.path, found.value, wanted)}${advice}`,
  };
}

/**
 * What stands at a path. A machine written as its address alone has no map below it: then the path of the address is that of the
 * machine.
 */
function valueAt(
  root: unknown,
  path: KeyPath,
): { readonly path: KeyPath; readonly value: unknown; readonly missing: boolean } {
  let value = root;
  for (const [depth, key] of path.entries()) {
    if (typeof value === 'string') return { path: path.slice(0, depth), value, missing: false };
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      return { path, value: undefined, missing: true };
    }
    value = (value as Readonly<Record<string | number, unknown>>)[key];
  }
  return { path, value, missing: false };
}

function describe(doc: WrittenDocument, path: KeyPath, value: unknown, wanted: Said): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return `a map of ${Object.keys(value).map(showKey).join(', ')}`;
  if (typeof value === 'string' && wanted.isSecret?.(path) === true) return 'a text';
  // An address is the place where somebody writes a password.
  if (typeof value === 'string') return showText(value.replace(/:\/\/[^\s/]*@/, '://***@'));
  if (typeof value !== 'number' && typeof value !== 'boolean') return `a ${typeof value}`;
  // YAML has its own mind about 1.30 (1.3), 0x10, yes: show what was written, and what was made of it.
  const spelling = doc.spelling(path) ?? String(value);
  const became = spelling === String(value) ? '' : ` (which YAML reads as ${String(value)})`;
  const kind = typeof value === 'number' ? 'the number ' : '';
  return `${kind}${spelling}${became}`;
}

/** zod's paths may hold symbols; a YAML file's cannot. */
function keyPath(issue: z.core.$ZodIssue): KeyPath {
  return issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
}
