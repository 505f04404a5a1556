import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configPage } from '../../src/config/config-page.js';
import { KEYS, writtenSchema } from '../../src/config/written-schema.js';
import { EXIT_CODES, EXIT_MEANING } from '../../src/errors/exit-codes.js';
import { readModelFile } from '../../src/loads/model-file.js';
import { KIND_NAMES, KIND_NAMES_THERE } from '../../src/resources/registry.js';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { mistakesIn } from '../support/command-lines.js';
import { filesBelow, isThere, pageAt, textOf } from '../support/page.js';
import type { Page } from '../support/page.js';

// What the pages say of the program is held against the program, wherever it is said.

/** Pages for people in the room: they are there in French too. */
const TWINS = [
  'teacher',
  'keyboard',
  'rehearsal',
  'enrol',
  'guests',
  'teams',
  'addons',
  'stress',
  'report',
  'solo',
  'offline',
  'internet',
  'load',
  'monitoring',
  'dashboards',
  'troubleshooting',
];

const pages: readonly Page[] = [
  ...['README.md', 'README.fr.md', 'CONTRIBUTING.md'].map(pageAt),
  ...[...filesBelow('docs'), ...filesBelow('templates/guide')]
    .filter((path) => path.endsWith('.md'))
    .map(pageAt),
];
const page = (path: string): Page => {
  const found = pages.find((p) => p.path === path);
  if (found === undefined) throw new Error(`there is no page ${path}`);
  return found;
};

/** Every `kmon …` that a page shows, on a line of its own in a block or in backticks. */
function commandLinesOf({ blocks, words }: Page): readonly string[] {
  const lines = blocks.filter((b) => b.language === 'sh').flatMap((b) => b.lines);
  return [...lines, ...words].filter((line) => /^kmon( |$)/.test(line));
}

/** What a word of a table's cell names, without its backticks. */
const quoted = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? '');

describe.each(pages)('$path', (p) => {
  test('its links lead somewhere', () => {
    const anchorsOf = (path: string): readonly string[] =>
      path.endsWith('.md') ? pageAt(path).headings.map((h) => h.anchor) : [];
    const broken = p.links.filter(
      ({ path, anchor }) => !isThere(path) || (anchor !== undefined && !anchorsOf(path).includes(anchor)),
    );
    expect(broken.map((link) => link.written)).toEqual([]);
  });

  test('kmon takes every command line of it', async () => {
    const lines = [...new Set(commandLinesOf(p))];
    const mistakes = lines.map((line) => mistakesIn(line));
    expect(mistakes.flat()).toEqual([]);
  });

  test('the exit codes, findings and scripts that it names exist', () => {
    const codes = [...p.text.matchAll(/\b(?:exit code|code de sortie)(?: is| est|,)? (\d+)/gi)].map((m) =>
      Number(m[1]),
    );
    expect(codes.filter((code) => ![0, 1, ...Object.values(EXIT_CODES)].includes(code))).toEqual([]);
    const findings = new Set(
      textOf('docs/findings.md')
        .match(/^### K-[A-Z-]+$/gm)
        ?.map((line) => line.slice(4)),
    );
    expect(findings.size).toBeGreaterThan(50);
    const named = p.text.match(/\bK-[A-Z]+(?:-[A-Z]+)*\b/g) ?? [];
    expect(named.filter((code) => !findings.has(code))).toEqual([]);
    const scripts = p.text.match(/\bscripts\/[a-z-]+(?:\/[a-z-]+)*/g) ?? [];
    expect(scripts.filter((path) => !isThere(path))).toEqual([]);
  });

  test('its kmon.yaml and its load are ones that kmon takes', () => {
    for (const { lines } of p.blocks.filter((b) => b.language === 'yaml')) {
      if (lines[0] === 'phases:') readModelFile(lines.join('\n'), p.path);
      else expect(writtenSchema.safeParse(parse(lines.join('\n'))).error).toBeUndefined();
    }
  });
});

describe('the README', () => {
  test.each(['README.md', 'README.fr.md'])('%s is a front door: 200 lines at most', (path) => {
    expect(textOf(path).split('\n').length - 1).toBeLessThanOrEqual(200);
  });

  test('every page, picture and schema of docs/ can be reached from it', () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      if (path.endsWith('.md')) for (const link of pageAt(path).links) visit(link.path);
    };
    visit('README.md');
    expect(filesBelow('docs').filter((path) => !reached.has(path))).toEqual([]);
  });
});

describe('the French twins', () => {
  const pairs = [
    ['README.md', 'README.fr.md'],
    ['templates/guide/guide.en.md', 'templates/guide/guide.fr.md'],
    ...TWINS.map((name) => [`docs/${name}.md`, `docs/fr/${name}.md`]),
  ].map(([en = '', fr = '']) => [en, fr] as const);

  test('are all there, and no others', () => {
    expect(filesBelow('docs/fr')).toEqual(TWINS.map((name) => `docs/fr/${name}.md`).sort());
  });

  test.each(pairs)(
    '%s and %s have the same headings, lists, tables and blocks, and name each other',
    (en, fr) => {
      const [english, french] = [pageAt(en), pageAt(fr)];
      const shape = ({ headings, text }: Page): readonly string[] => [
        ...headings.map((h) => '#'.repeat(h.depth)),
        ...text.split('\n').flatMap((line) => /^(?:\||- |\d[.] )/.exec(line)?.[0] ?? []),
      ];
      expect(shape(french)).toEqual(shape(english));
      expect(french.blocks).toEqual(english.blocks);
      expect(english.links.map((link) => link.path)).toContain(fr);
      expect(french.links.map((link) => link.path)).toContain(en);
    },
  );
});

describe('what is made from the code: run scripts/docs', () => {
  test('docs/configuration.md', () => {
    expect(textOf('docs/configuration.md')).toBe(configPage());
    for (const key of everyKey([])) expect(page('docs/configuration.md').words).toContain(key);
  });

  test.each(['commands', 'configuration', 'findings'])('docs/%s.md says so', (name) => {
    expect(textOf(`docs/${name}.md`)).toContain('scripts/docs');
  });
});

describe('the pages together', () => {
  test('tell of every command', async () => {
    const told = pages
      .filter((p) => p.path !== 'docs/commands.md' && !p.path.startsWith('docs/fr/'))
      .flatMap(commandLinesOf)
      .join('\n');
    for (const { name } of COMMANDS) expect(told).toMatch(new RegExp(`^kmon ${name}\\b`, 'm'));
  });

  test.each([
    ['docs/troubleshooting.md', 'by-the-exit-code'],
    ['docs/fr/troubleshooting.md', 'daprès-le-code-de-sortie'],
  ])('%s has the exit codes of the program', (path, anchor) => {
    const codes = page(path)
      .rowsBelow(anchor)
      .map(([code, name]) => [quoted(name)[0], Number(code)]);
    expect(codes).toEqual([['done', 0], ...Object.entries(EXIT_CODES)]);
  });

  test('say in English what the program says of an exit code', () => {
    const [, ...meanings] = page('docs/troubleshooting.md')
      .rowsBelow('by-the-exit-code')
      .map((row) => row[2]);
    expect(meanings).toEqual(Object.values(EXIT_MEANING));
  });

  test('tell of every kind of thing that kmon changes', () => {
    const kinds = page('docs/as-found.md')
      .rowsBelow('what-is-changed')
      .flatMap(([kind]) => quoted(kind));
    expect([...kinds].sort()).toEqual([...KIND_NAMES, ...KIND_NAMES_THERE].sort());
  });

  test('have a line for every folder of the code, and a floor', () => {
    const house = page('docs/architecture.md');
    const folders = readdirSync(new URL('../../src/', import.meta.url), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    const listed = house.rowsBelow('the-house').flatMap(([folder]) => quoted(folder));
    expect([...listed].sort()).toEqual(
      ['bin', 'scripts', 'templates', 'test', ...folders.map((name) => `src/${name}`)].sort(),
    );
    const floors = house.blocks[0]?.lines.join(' ').split(/ +/) ?? [];
    expect([...floors].sort()).toEqual(['main', ...folders].sort());
  });

  test('explain every dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Readonly<Record<string, string>>
    >;
    const names = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    const explained = page('docs/architecture.md')
      .rowsBelow('dependencies')
      .flatMap(([name]) => quoted(name));
    expect([...explained].sort()).toEqual(names.sort());
  });
});

/** What a person may write, as paths: `parent.address`, `children[].team`. A map is its keys. */
function everyKey(at: readonly (string | number)[]): readonly string[] {
  return KEYS.at(at).flatMap((key) => {
    const below = key === 'children' ? [key, 0] : [...at, key];
    const inner = everyKey(below);
    const shown = [...at, key].map((k) => (typeof k === 'number' ? '[]' : k));
    return inner.length > 0 ? inner : [shown.join('.').replaceAll('.[]', '[]')];
  });
}
