import { nearestKey } from '../../config/mistakes/suggest.js';
import { KmonError } from '../../errors/kmon-error.js';
import { CATALOGUE, isCode } from '../index.js';
import type { FindingCode, FixableCode } from '../index.js';

/** The codes that `kmon check --fix` can do something about, in the order of the catalogue. */
export const FIXABLE_CODES: readonly FixableCode[] = [...CATALOGUE.keys()].filter(isFixable);

/** Done only when it is asked for by name: it changes how a machine is reached. */
const BY_NAME_ONLY: readonly FindingCode[] = ['K-LEASE'];

/** `kmon check --fix` without a code does something about it. */
export function isFixedUnasked(code: FindingCode): boolean {
  return isFixable(code) && !BY_NAME_ONLY.includes(code);
}

/**
 * The codes that a person named behind `--fix`; all that are fixed unasked when none was named.
 *
 * @throws KmonError `usage` that names every code which is none, or which a person must see to.
 */
export function codesToFix(named: readonly string[]): readonly FixableCode[] {
  if (named.length === 0) return FIXABLE_CODES.filter(isFixedUnasked);
  const written = named.map((n) => n.toUpperCase());
  const wrong = written.filter((code) => !isFixable(code));
  if (wrong.length === 0) return FIXABLE_CODES.filter((code) => written.includes(code));
  const texts = wrong.map((code) => (isCode(code) ? `${code}, which a person must see to` : unknown(code)));
  throw new KmonError('usage', `--fix names ${texts.join('; ')}`, {
    hint: `choose among: ${FIXABLE_CODES.join(', ')}`,
  });
}

function unknown(code: string): string {
  const codes = [...CATALOGUE.keys()];
  const near = nearestKey(code, codes) ?? nearestKey(`K-${code}`, codes);
  return `${code}, which is no code${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}

function isFixable(code: string): code is FixableCode {
  return isCode(code) && CATALOGUE.get(code)?.fix !== undefined;
}
