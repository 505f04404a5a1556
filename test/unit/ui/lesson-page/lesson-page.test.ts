import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lessonOf } from '../../../../src/lesson/lesson.js';
import type { Lesson } from '../../../../src/lesson/lesson.js';
import { readLessonFiles } from '../../../../src/lesson/read-files.js';
import { LANGUAGES } from '../../../../src/ui/lesson-page/language.js';
import { lessonPage, REPORT_BEGINS } from '../../../../src/ui/lesson-page/lesson-page.js';
import { LESSON_NOW, LESSON_ROOM, sampleLive, writeSampleLesson } from '../../../support/sample-lesson.js';

async function sampleLesson(): Promise<Lesson> {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeSampleLesson(folder);
  return lessonOf(LESSON_ROOM, await readLessonFiles(folder, LESSON_NOW), sampleLive(), LESSON_NOW);
}

const EMPTY: Lesson = {
  room: 'atelier-1',
  madeAt: '2026-11-30T10:00:00.000Z',
  from: '2026-11-30T08:00:00.000Z',
  until: '2026-11-30T10:00:00.000Z',
  isOver: true,
  machines: [],
  joined: [],
  difficulties: [],
  loads: [],
  alerts: {
    now: { kind: 'silent', because: 'the control plane does not answer' },
    fired: { kind: 'silent', because: 'the control plane does not answer' },
  },
  curves: { kind: 'silent', because: 'the control plane does not answer' },
  runs: [],
  unread: [],
};

/** Names of elements, as they are opened and closed; a page that is well formed closes what it opens. */
function unbalanced(page: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const body = page.replace(/<style>[\s\S]*?<\/style>/, '<style></style>').replace(/<!--.*?-->/g, '');
  for (const [, slash, name = '', rest = ''] of body.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/g,
  )) {
    if (['meta', 'doctype'].includes(name) || rest.endsWith('/')) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

const NETWORK =
  /<(?:script|link|img|iframe|object|embed|audio|video|source|base|form)\b|\b(?:src|srcset|action)=|href="(?!#)|@import|url\(|https?:\/\//i;

describe('the page of a lesson', () => {
  it.each(LANGUAGES)('is as written down (%s)', async (language) => {
    const page = lessonPage(await sampleLesson(), language, 'Europe/Paris');
    await expect(page).toMatchFileSnapshot(`__golden__/lesson-${language}.html.golden`);
    expect(page.slice(0, REPORT_BEGINS.length)).toBe(REPORT_BEGINS);
    expect(page.slice(REPORT_BEGINS.length).trimStart()).toMatch(new RegExp(`^<html lang="${language}">`));
    // The address that somebody put a load on is text.
    expect(page.replaceAll('http://192.0.2.10:30080/', '')).not.toMatch(NETWORK);
    expect(unbalanced(page)).toEqual([]);
    expect(page).toMatch(/<meta name="viewport" content="width=device-width, initial-scale=1" ?\/?>/);
    expect(page).toContain('prefers-color-scheme: dark');
  });

  it('says in words what there is nothing of', () => {
    const page = lessonPage(EMPTY, 'en', 'UTC');
    for (const text of [
      'None: everything went well.',
      'Nobody, as far as is known here.',
      'None was recorded.',
      'There are no curves: the control plane does not answer.',
      'run kmon report before kmon teardown',
      'the machines were given back',
    ])
      expect(page).toContain(text);
    expect(page).not.toMatch(/undefined|NaN|null|\[object/);
    expect(lessonPage(EMPTY, 'fr', 'UTC')).not.toMatch(/undefined|NaN|null|\[object/);
  });

  it('says of what was asked for neither that it was solved nor that it was not', async () => {
    const lesson = await sampleLesson();
    const difficulties = lesson.difficulties.map((one) => ({ ...one, aboutAsked: true, solved: null }));
    const [coming] = lesson.joined;
    const joined = coming === undefined ? [] : [{ ...coming, by: null }];
    const page = lessonPage({ ...lesson, difficulties, joined }, 'en', 'UTC');
    expect(page).toContain('<article class="met">');
    expect(page).toContain('It was about what was asked for then');
    expect(page).not.toMatch(/not solved|Solved at/i);
    expect(page).toContain('no transcript here tells');
    const french = lessonPage({ ...lesson, difficulties, joined }, 'fr', 'UTC');
    expect(french).toContain('Elle portait sur ce qui était demandé alors');
    expect(french).toContain('aucune transcription d’ici ne le dit');
  });

  it('has no curve of a machine without a sensor that would be 0 degrees', async () => {
    const page = lessonPage(await sampleLesson(), 'en', 'UTC');
    const [, figure = ''] =
      /<figure>(?:(?!<\/figure>)[\s\S])*?<h3>(pc-12<\/h3>[\s\S]*?)<\/figure>/.exec(page) ?? [];
    expect(figure.match(/<svg /g)).toHaveLength(1);
    expect(figure).toContain('no temperature was measured');
  });

  it.each(LANGUAGES)('holds a class of 64 (%s)', async (language) => {
    const lesson = await sampleLesson();
    const [machine] = lesson.machines;
    const [difficulty] = lesson.difficulties;
    if (machine === undefined || difficulty === undefined || lesson.curves.kind === 'silent')
      throw new Error('x');
    const { told } = lesson.curves;
    const [curve] = told.machines;
    if (curve === undefined) throw new Error('x');
    const names = Array.from({ length: 64 }, (_, i) => `pc-${i}`);
    const page = lessonPage(
      {
        ...lesson,
        machines: names.map((name) => ({ ...machine, machine: name })),
        difficulties: names.map((name) => ({ ...difficulty, machine: name })),
        curves: {
          kind: 'told',
          told: { ...told, machines: names.map((name) => ({ ...curve, machine: name })) },
        },
      },
      language,
      'UTC',
    );
    expect(page.match(/<figure>/g)).toHaveLength(64);
    expect(page.match(/<article /g)).toHaveLength(64);
    expect(unbalanced(page)).toEqual([]);
    expect(page.length).toBeLessThan(2_000_000);
  });

  it('takes no longer text of others than people read', async () => {
    const lesson = await sampleLesson();
    const long = 'word '.repeat(100_000);
    const page = lessonPage(filledWith(lesson, long), 'en', 'UTC');
    expect(page.length).toBeLessThan(200_000);
    expect(page).toContain('…');
  });
});

function isTime(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
}

/** The same with this text wherever text may stand. */
function filledWith<T>(value: T, text: string): T {
  const fill = (inner: unknown, key: string): unknown => {
    // Of these the page knows every one, or they are times.
    if (
      ['until', 'madeAt', 'role', 'node', 'kind', 'state'].includes(key) ||
      /^at$|At$/.test(key) ||
      isTime(inner)
    )
      return inner;
    if (key === 'unread') return [{ file: text, because: 'cut off' }];
    if (typeof inner === 'string') return text;
    if (Array.isArray(inner)) return inner.map((one: unknown) => fill(one, ''));
    return typeof inner === 'object' && inner !== null
      ? Object.fromEntries(Object.entries(inner).map(([k, v]) => [k, fill(v, k)]))
      : inner;
  };
  return fill(value, '') as T;
}

describe('hostile names and reasons', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    `' onmouseover='alert(1)`,
    '</style><script>alert(1)</script>',
    '</title></head><body onload=alert(1)>',
    '--><script>alert(1)</script>',
    '<!-- report of a lesson, made by kmon report -->',
    '&lt;script&gt;&#60;script&#62;',
    '`<b>` `a` and ` alone',
    'javascript:alert(1)',
    '\u001b[31mred\u001b[0m \u0000 \u202e evil \u2028',
    '${1+1} {{7*7}}',
    '\ud800 half',
    '   ',
    '',
  ];

  it.each(HOSTILE)('come out as text: %j', async (text) => {
    const lesson = await sampleLesson();
    for (const language of LANGUAGES) {
      const page = lessonPage(filledWith(lesson, text), language, 'UTC');
      const plain = lessonPage(lesson, language, 'UTC');
      expect(unbalanced(page)).toEqual([]);
      // No element, attribute or comment but those of the page itself.
      const elements = (html: string): readonly string[] =>
        [
          ...new Set([...html.matchAll(/<([a-z!][a-z0-9-]*)/gi)].map(([, name = '']) => name.toLowerCase())),
        ].toSorted();
      expect(elements(page).filter((name) => name !== 'li' && !elements(plain).includes(name))).toEqual([]);
      expect(page.replaceAll(/="[^"]*"/g, '=""')).not.toMatch(/<[^>]*\son[a-z]+=/i);
      expect(page.match(/<!--/g)).toHaveLength(1);
      expect(page).not.toMatch(/[\u0000\u001b\u202e\u2028]/);
    }
  });

  it('are all there to be read', async () => {
    const page = lessonPage(filledWith(await sampleLesson(), '<b>"R&D"</b>'), 'fr', 'UTC');
    expect(page.match(/&#60;b&#62;&#34;R&#38;D&#34;&#60;\/b&#62;/g)?.length).toBeGreaterThan(30);
    expect(page).not.toContain('<b>"');
  });
});
