import { isOpen } from '../../lesson/difficulties.js';
import type { Difficulty } from '../../lesson/difficulties.js';
import type { Lesson } from '../../lesson/lesson.js';
import { alertsPart } from './alerts-part.js';
import { curvesPart } from './curves-part.js';
import type { Language } from './language.js';
import { cut, html, withCode } from './html.js';
import type { Html } from './html.js';
import { PAGE_STYLE } from './page-style.js';
import { joinedTable, loadPart, machinesTable, runsTable } from './tables.js';
import type { Writing } from './tables.js';
import { timesIn } from './times.js';
import { wordsOf } from './words.js';

/** By this beginning kmon knows a page of its own again. */
export const REPORT_BEGINS = `<!doctype html>
<!-- report of a lesson, made by kmon report -->`;

const REASON = 600;
const EVIDENCE = 600;

/**
 * The report of a lesson as one file: everything is in it, and whoever opens it needs no network. Pure: the same lesson gives the same page.
 *
 * @param zone Of IANA's names, in which times are written; absent: that of this computer.
 */
export function lessonPage(lesson: Lesson, language: Language, zone?: string): string {
  const words = wordsOf(language);
  const writing: Writing = { words, times: timesIn(language, words, lesson, zone) };
  const title = words.title(cut(lesson.room, 100));
  const parts = partsOf(lesson, writing);
  const { times } = writing;
  const page = html`
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${PAGE_STYLE}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="quiet">
            ${words.span(times.long(lesson.from), times.long(lesson.until), times.between(lesson.from, lesson.until))},
            ${lesson.isOver ? words.over : words.under} · ${words.made} ${times.long(lesson.madeAt)}
          </p>
          ${counts(lesson, writing)}
          <nav aria-label="${words.contents}">
            <ul>
              ${parts.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main>
          ${parts.map(
            ({ id, name, content }) =>
              html`<section id="${id}">
                <h2>${name}</h2>
                ${content}
              </section>`,
          )}
        </main>
      </body>
    </html>
  `;
  return `${REPORT_BEGINS}${page.text}`;
}

interface Part {
  readonly id: string;
  readonly name: string;
  readonly content: Html;
}

function partsOf(lesson: Lesson, writing: Writing): readonly Part[] {
  const { words } = writing;
  const { loads, unread } = lesson;
  return [
    { id: 'machines', name: words.machines, content: machinesTable(lesson, writing) },
    { id: 'joined', name: words.joined, content: joinedTable(lesson, writing) },
    { id: 'difficulties', name: words.difficulties, content: difficultiesPart(lesson, writing) },
    {
      id: 'loads',
      name: words.loads,
      content:
        loads.length === 0 ? html`<p>${words.noLoad}</p>` : html`${loads.map((l) => loadPart(l, writing))}`,
    },
    { id: 'alerts', name: words.alerts, content: alertsPart(lesson, writing) },
    { id: 'curves', name: words.curves, content: curvesPart(lesson, writing) },
    { id: 'runs', name: words.runs, content: runsTable(lesson, writing) },
    ...(unread.length === 0
      ? []
      : [
          {
            id: 'unread',
            name: words.unread,
            content: html`<ul>
              ${unread.map(({ file, because }) => html`<li><code>${cut(file, REASON)}</code>: ${words.unreadBecause[because]}</li>`)}
            </ul>`,
          },
        ]),
  ];
}

function counts(lesson: Lesson, { words }: Writing): Html {
  const { machines, joined, difficulties, loads, alerts } = lesson;
  const open = difficulties.filter(isOpen).length;
  const came = new Set(joined.map(({ machine }) => machine)).size;
  const fired = alerts.fired.kind === 'told' ? alerts.fired.told.length : undefined;
  const all: readonly (readonly [number | undefined, (n: number) => string])[] = [
    [machines.length, words.count.machines],
    [came, words.count.joined],
    [difficulties.length, words.count.difficulties],
    [open === 0 ? undefined : open, words.count.open],
    [loads.length, words.count.loads],
    [fired, words.count.alerts],
  ];
  return html`<ul class="counts">
    ${all.flatMap(([n, name]) => (n === undefined ? [] : [html`<li><b>${n}</b> ${name(n)}</li>`]))}
  </ul>`;
}

function difficultiesPart({ difficulties }: Lesson, writing: Writing): Html {
  const { words } = writing;
  if (difficulties.length === 0) return html`<p>${words.noDifficulty}</p>`;
  const note = words.english === '' ? undefined : html`<p class="quiet">${words.english}</p>`;
  return html`${note} ${difficulties.map((one) => difficultyPart(one, writing))}`;
}

function difficultyPart(one: Difficulty, { words, times }: Writing): Html {
  const { machine, title, command, firstAt, lastAt, reason, evidence, hint, solved, aboutAsked } = one;
  const where = [machine, title].filter((part) => part !== null).join(' · ');
  const state =
    solved === null
      ? aboutAsked
        ? words.aboutAsked
        : words.open
      : words.solved(
          times.short(solved.at),
          times.between(firstAt, solved.at),
          `kmon ${cut(solved.command, 100)}`,
        );
  return html`<article class="${solved === null ? (aboutAsked ? 'met' : 'open') : 'solved'}">
    <h3>${where === '' ? `kmon ${cut(command, 100)}` : cut(where, 200)}</h3>
    <p lang="en">${withCode(cut(reason, REASON))}</p>
    ${evidence === null ? undefined : html`<blockquote lang="en" title="${words.words}">${cut(evidence, EVIDENCE)}</blockquote>`}
    ${hint === null ? undefined : html`<p>${words.toDo} <span lang="en">${withCode(cut(hint, REASON))}</span></p>`}
    <p class="quiet">
      ${times.short(firstAt)}, kmon
      ${cut(command, 100)}${one.times > 1 ? `, ${words.times(one.times, times.short(lastAt))}` : ''}
    </p>
    <p class="state">${state}</p>
  </article>`;
}
