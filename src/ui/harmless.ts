import { stripVTControlCharacters } from 'node:util';

const ESCAPE_WORTHY = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Text of a foreign machine as one line that a terminal only prints: colour and cursor sequences are removed, line breaks and tabs
 * become a space, and every other control or text-direction character is shown as an escape.
 *
 * Removing comes first and escaping second, so that a sequence which only appears when another is cut out of it does not survive.
 */
export function harmlessLine(text: string): string {
  return visible(stripVTControlCharacters(text).replace(/[\r\n\t]+/g, ' ')).trim();
}

/**
 * As `harmlessLine`, with line breaks kept. A lone carriage return is a line break too: it would let the end of a line overwrite its
 * beginning.
 */
export function harmlessText(text: string): string {
  return stripVTControlCharacters(text)
    .split(/\r\n|\r|\n/)
    .map((line) => visible(line.replaceAll('\t', '  ')).trimEnd())
    .join('\n');
}

function visible(text: string): string {
  return text.replace(ESCAPE_WORTHY, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
