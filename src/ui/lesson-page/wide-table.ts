import { cut, html } from './html.js';
import type { Html } from './html.js';

export interface WideColumn {
  readonly title: string;
  /** Figures stand below each other. */
  readonly isNumber?: boolean;
}

/** What somebody else wrote is no longer than this in a table. */
const LONGEST = 300;

/** A cell; `undefined` shows as a dash. */
export type WideCell = string | Html | undefined;

/** A table that scrolls within the page where that is narrow. A column in which nobody has anything is left out. */
export function wideTable(
  name: string,
  columns: readonly WideColumn[],
  rows: readonly (readonly WideCell[])[],
): Html {
  const shown = columns.flatMap((column, i) =>
    rows.some((row) => row[i] !== undefined) ? [{ column, i }] : [],
  );
  const heads = shown.map(({ column }) => html`<th scope="col" ${classOf(column)}>${column.title}</th>`);
  const lines = rows.map(
    (row) =>
      html`<tr>
        ${shown.map(({ column, i }) => html`<td${classOf(column)}>${shownAs(row[i])}</td>`)}
      </tr>`,
  );
  return html`<div class="wide" tabindex="0" role="region" aria-label="${cut(name, LONGEST)}">
    <table>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`;
}

function shownAs(cell: WideCell): string | Html {
  return typeof cell === 'string' ? cut(cell, LONGEST) : (cell ?? '–');
}

function classOf({ isNumber }: WideColumn): Html | undefined {
  return isNumber === true ? html` class="number"` : undefined;
}
