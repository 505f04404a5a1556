import type { Lesson } from '../../lesson/lesson.js';
import { cut, html } from './html.js';
import type { Html } from './html.js';
import type { Writing } from './tables.js';
import { wideTable } from './wide-table.js';
import type { WideCell } from './wide-table.js';
import type { Words } from './words.js';

/** What its rule says may be as long as somebody wishes. */
const TEXT = 300;

/** What fires when the report is made, and what fired until then. */
export function alertsPart({ alerts: { now, fired } }: Lesson, writing: Writing): Html {
  const { words } = writing;
  if (now.kind === 'silent' && fired.kind === 'silent')
    return html`<p>${words.notAsked(cut(now.because, TEXT))}</p>`;
  return html`<h3>${words.now}</h3>
    ${now.kind === 'silent' ? html`<p>${words.notAsked(cut(now.because, TEXT))}</p>` : nowTable(now.told, writing)}
    <h3>${words.fired}</h3>
    ${fired.kind === 'silent' ? html`<p>${words.notAsked(cut(fired.because, TEXT))}</p>` : firedTable(fired.told, writing)}`;
}

type Now = Extract<Lesson['alerts']['now'], { kind: 'told' }>['told'];
type Fired = Extract<Lesson['alerts']['fired'], { kind: 'told' }>['told'];

function nowTable(rows: Now, { words, times }: Writing): Html {
  if (rows.length === 0) return html`<p>${words.noAlert}</p>`;
  const columns = [
    { title: words.machine },
    { title: words.alert },
    { title: words.state },
    { title: words.since },
    { title: words.what },
    { title: words.remedy },
  ];
  return wideTable(
    words.now,
    columns,
    rows.map((row): readonly WideCell[] => [
      row.machine ?? undefined,
      alertName(row.alert, words),
      row.state === 'firing' ? words.firing : words.pending,
      Number.isNaN(Date.parse(row.since)) ? undefined : times.short(row.since),
      row.what === '' ? undefined : cut(row.what, TEXT),
      row.remedy === null ? undefined : cut(row.remedy, TEXT),
    ]),
  );
}

function firedTable(rows: Fired, { words, times }: Writing): Html {
  if (rows.length === 0) return html`<p>${words.noneFired}</p>`;
  const columns = [
    { title: words.machine },
    { title: words.alert },
    { title: words.severity },
    { title: words.since },
    { title: words.until },
    { title: words.lasted, isNumber: true },
  ];
  return wideTable(
    words.fired,
    columns,
    rows.map((row): readonly WideCell[] => [
      row.machine ?? undefined,
      alertName(row.alert, words),
      row.severity === null ? undefined : (words.severities[row.severity] ?? row.severity),
      times.short(row.from),
      row.until === null ? words.still : times.short(row.until),
      row.until === null ? undefined : times.between(row.from, row.until),
    ]),
  );
}

function alertName(alert: string, words: Words): string {
  const known = words.alertNames[alert];
  return known === undefined ? cut(alert, TEXT) : `${known} (${alert})`;
}
