import { EXIT_CODES } from './exit-codes.js';
import { KmonError } from './kmon-error.js';

/**
 * The exit code of whatever was thrown. A KmonError has that of its kind; several failures have theirs if they agree and `partial`
 * if not; anything else is a bug of kmon.
 */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof KmonError) return EXIT_CODES[error.code];
  if (error instanceof AggregateError && error.errors.length > 0) {
    const codes = new Set(error.errors.map(exitCodeOfError));
    if (codes.has(EXIT_CODES.bug)) return EXIT_CODES.bug;
    const [first = EXIT_CODES.bug] = codes;
    return codes.size === 1 ? first : EXIT_CODES.partial;
  }
  return EXIT_CODES.bug;
}
