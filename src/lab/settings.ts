import { quote } from '../shell/quote.js';

/** Lines for the `sh` of a machine that set a variable each, quoted: they go above a template. */
export function settings(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, text]) => `${name}=${quote(text.trimEnd())}\n`)
    .join('');
}
