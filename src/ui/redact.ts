import type { Secret } from '../shell/secret.js';

/** Shorter values stand in ordinary words: masking them would maim the text and, by the gaps, give them away. */
const SHORTEST = 4;
/** Lines of a secret of several lines (a key, a kubeconfig) that are looked for one by one. */
const SHORTEST_LINE = 8;

/**
 * A last line of defence, behind commands that never hold a secret: gives a function that replaces the clear text of the known secrets
 * by `***` in every string of a value, however deep.
 *
 * Not guaranteed: a secret that was encoded, cut, or is shorter than four characters is not found.
 */
export function redactor(known: readonly Secret[]): (value: unknown) => unknown {
  const clear = known.map((secret) => secret.reveal().trim());
  const needles = [
    ...clear.filter((text) => text.length >= SHORTEST),
    ...clear
      .filter((text) => text.includes('\n'))
      .flatMap((text) => text.split('\n'))
      .map((line) => line.trim())
      .filter((line) => line.length >= SHORTEST_LINE),
    // The longest first: one secret may be part of another.
  ].sort((a, b) => b.length - a.length);

  const redact = (value: unknown): unknown => {
    if (typeof value === 'string') return needles.reduce((text, n) => text.replaceAll(n, '***'), value);
    if (Array.isArray(value)) return value.map(redact);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [redact(key), redact(inner)]));
    }
    return value;
  };
  return redact;
}
