import { harmlessText } from '../harmless.js';

/** A piece of a page, escaped already: only `html` makes one. */
class Piece {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Html = Piece;

/** What may stand in `${}` of a page: text is escaped, pieces are put in as they are, `undefined` is nothing. */
export type HtmlValue = string | number | Html | readonly Html[] | undefined;

/**
 * HTML as a value. What is written in the template is the page's own; whatever stands in `${}` is text of somebody else's and comes out as text, also
 * within the quotes of an attribute. Control and text-direction characters are shown as escapes.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Piece(strings.map((own, i) => `${own}${textOf(values[i])}`).join(''));
}

/** A style of the page's own, in which no value stands. */
export function css(strings: TemplateStringsArray): Html {
  return new Piece(strings.join(''));
}

function textOf(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Piece) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('\n');
  return escaped(String(value));
}

function escaped(text: string): string {
  // The space in front of the next piece stays.
  const end = text.endsWith(' ') ? ' ' : '';
  return `${harmlessText(text)}${end}`.replaceAll(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** What stands between two backticks is something to type. */
export function withCode(text: string): Html {
  const parts = text.split('`');
  // A lone one is a character like others.
  if (parts.length % 2 === 0) return html`${text}`;
  const shown = parts.map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));
  return new Piece(shown.map((piece) => piece.text).join(''));
}

/** Text that nobody wrote for a page: no longer than this. */
export function cut(text: string, characters: number): string {
  const all = Array.from(text.slice(0, 4 * (characters + 1)));
  return all.length <= characters ? text : `${all.slice(0, characters).join('').trimEnd()}…`;
}
