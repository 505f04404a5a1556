import type { Language } from '../ui/lesson-page/language.js';

/** Which of a POSIX locale decides about messages, the first that is set. */
const VARIABLES = ['LC_ALL', 'LC_MESSAGES', 'LANG'];

/**
 * The language of whoever sits at this computer, of those that there are pages in: English where it is neither.
 *
 * @param locale What the system says beside the environment: Windows has no such variables.
 */
export function languageHere(
  env: Readonly<Record<string, string | undefined>>,
  locale: string = Intl.DateTimeFormat().resolvedOptions().locale,
): Language {
  const said = VARIABLES.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  return /^fr(?:[_.@-]|$)/i.test(said ?? locale) ? 'fr' : 'en';
}
