import { harmlessLine } from './harmless.js';
import { plainTheme } from './theme.js';
import type { Theme } from './theme.js';

/** A line of the report: see `kmon doctor`. */
interface Line {
  readonly what: string;
  readonly state: 'good' | 'less' | 'lacks';
  readonly found: string;
  readonly fix?: string;
}

/** What this computer has to be the keyboard of a room, a line each, the verdict last. Ends without a line break. */
export function doctorText(lines: readonly Line[], theme: Theme = plainTheme): string {
  const { done, failed } = theme.signs;
  const signs = { good: theme.good(done), less: theme.warn('!'), lacks: theme.bad(failed) };
  const lacking = lines.filter(({ state }) => state === 'lacks').length;
  return [
    ...lines.flatMap(({ what, state, found, fix }) => [
      `${signs[state]} ${theme.strong(`${what}:`)} ${harmlessLine(found)}`,
      ...(fix === undefined ? [] : [`  ${theme.good('fix:')} ${harmlessLine(fix)}`]),
    ]),
    lacking === 0
      ? theme.good('this computer can be the keyboard of a room')
      : theme.bad(`${lacking} ${lacking === 1 ? 'thing stands' : 'things stand'} in the way`),
  ].join('\n');
}
