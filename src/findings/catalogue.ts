import { SUBJECTS } from './index.js';
import type { FindingCode } from './index.js';
import type { CatalogueEntry } from './subject.js';

/** What there is to know of every code, in the order of the documentation. */
export const CATALOGUE: ReadonlyMap<FindingCode, CatalogueEntry> = new Map(
  SUBJECTS.flatMap(({ entries }) => Object.entries(entries)).flatMap(([code, entry]) =>
    isCode(code) ? [[code, entry] as const] : [],
  ),
);

/** A finding may have this code. */
export function isCode(code: string): code is FindingCode {
  return SUBJECTS.some(({ entries }) => Object.hasOwn(entries, code));
}
