import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { DEFAULTS } from '../../src/config/defaults.js';
import { keysAt, writtenSchema } from '../../src/config/written.js';
import { EXIT_CODES, EXIT_MEANING } from '../../src/errors/exit-codes.js';
import { KIND_NAMES } from '../../src/resources/registry.js';
import { mistakesIn } from '../support/command-lines.js';

// The README and its French twin say what the program does: each list that the code also has is held against the code.

const ROOT = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

interface Page {
  readonly name: string;
  readonly text: string;
  readonly blocks: readonly { readonly language: string; readonly lines: readonly string[] }[];
  /** Depth of each heading in order, code left out. */
  readonly outline: readonly number[];
  /** Every table, by the chapter (`##`) it stands in, counted from 0. */
  readonly rows: (chapter: number) => readonly (readonly string[])[];
}

function page(name: string): Page {
  const source = text(name);
  const blocks: { language: string; lines: string[] }[] = [];
  const prose: string[] = [];
  let inside = false;
  for (const line of source.split('\n')) {
    if (line.startsWith('```')) {
      if (!inside) blocks.push({ language: line.slice(3), lines: [] });
      inside = !inside;
    } else if (inside) blocks.at(-1)?.lines.push(line);
    else prose.push(line);
  }
  const chapters = prose.join('\n').split(/^## /m).slice(1);
  return {
    name,
    text: source,
    blocks,
    outline: prose.flatMap((line) => /^(#+) /.exec(line)?.[1]?.length ?? []),
    rows: (chapter) =>
      (chapters[chapter] ?? '')
        .split('\n')
        .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+$/.test(line))
        .map((line) =>
          line
            .slice(1, -1)
            .split('|')
            .map((cell) => cell.trim()),
        ),
  };
}

const CHAPTERS = { config: 4, changes: 5, exitCodes: 7, code: 10, dependencies: 11 } as const;
const english = page('README.md');
const french = page('README.fr.md');
const both = [english, french];

const quoted = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? '');
const firstCells = (p: Page, chapter: number): readonly string[] =>
  p.rows(chapter).flatMap((r) => quoted(r[0]));

/** Every `kmon …` that a page shows, on a line of its own in a block or in backticks. */
function shownCommands(p: Page): readonly string[] {
  const inBlocks = p.blocks.filter((b) => b.language === 'sh').flatMap((b) => b.lines);
  const inText = [...p.text.matchAll(/`(kmon[^`\n]*)`/g)].map((m) => m[1] ?? '');
  return [...inBlocks, ...inText].filter((line) => /^kmon( |$)/.test(line));
}

describe.each(both)('$name', (p) => {
  test('its exit codes are those of the program', () => {
    const rows = p.rows(CHAPTERS.exitCodes).slice(1);
    const codes = rows.map(([code, name]) => [quoted(name)[0], Number(code)]);
    expect(codes).toEqual([['done', 0], ...Object.entries(EXIT_CODES)]);
  });

  test('the commands and flags that it shows exist', () => {
    const shown = shownCommands(p);
    expect(shown.length).toBeGreaterThan(20);
    expect(shown.flatMap(mistakesIn)).toEqual([]);
  });

  test('it shows every command and explains every flag', () => {
    const shown = shownCommands(p).join('\n');
    const explained = [...p.text.matchAll(/`([^`\n]+)`/g)].flatMap(
      (m) => (m[1] ?? '').match(/--?[a-z-]+/g) ?? [],
    );
    for (const { name, options } of COMMANDS) {
      expect(shown).toMatch(new RegExp(`^kmon ${name}\\b`, 'm'));
      for (const { flag } of options) expect(explained, `${name} ${flag}`).toContain(flag);
    }
  });

  test('its keys of kmon.yaml are those of the schema', () => {
    const listed = firstCells(p, CHAPTERS.config);
    expect(listed.length).toBe(new Set(listed).size);
    expect([...listed].sort()).toEqual([...everyKey([])].sort());
  });

  test('its defaults are those of the program', () => {
    const said = new Map(
      p.rows(CHAPTERS.config).flatMap((r) => quoted(r[0]).map((key) => [key, quoted(r[1])[0]])),
    );
    const { kubernetes, monitoring } = DEFAULTS;
    const real: Readonly<Record<string, unknown>> = {
      'kubernetes.version': kubernetes.version,
      'kubernetes.network': kubernetes.network,
      'kubernetes.podSubnet': kubernetes.podSubnet,
      'kubernetes.serviceSubnet': kubernetes.serviceSubnet,
      'kubernetes.ignorePreflight': JSON.stringify(kubernetes.ignorePreflight),
      'monitoring.profile': monitoring.profile,
      'monitoring.namespace': monitoring.namespace,
      'monitoring.scrapeInterval': monitoring.scrapeIntervalSeconds,
      'monitoring.retention': monitoring.retention,
      'monitoring.prometheus.nodePort': monitoring.prometheusNodePort,
      'monitoring.prometheus.memory': monitoring.prometheusMemory,
      'monitoring.grafana.enabled': monitoring.grafana,
      'monitoring.grafana.nodePort': monitoring.grafanaNodePort,
    };
    for (const [key, value] of Object.entries(real)) expect(said.get(key), key).toBe(String(value));
  });

  test('its kmon.yaml is one that kmon takes', () => {
    const examples = p.blocks.filter((b) => b.language === 'yaml');
    expect(examples).not.toEqual([]);
    for (const { lines } of examples) {
      expect(writtenSchema.safeParse(parse(lines.join('\n'))).error).toBeUndefined();
    }
  });

  test('it tells of every kind of thing that kmon changes', () => {
    const kinds = p
      .rows(CHAPTERS.changes)
      .slice(1)
      .map(([kind]) => quoted(kind)[0]);
    expect([...kinds].sort()).toEqual([...KIND_NAMES].sort());
  });

  test('it has a line for every folder of the code', () => {
    const folders = readdirSync(new URL('src/', ROOT), { withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => `src/${e.name}`);
    const listed = firstCells(p, CHAPTERS.code);
    expect([...listed].sort()).toEqual(['bin', 'scripts', 'templates', 'test', ...folders].sort());
  });

  test('it explains every dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(text('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Readonly<Record<string, string>>
    >;
    const names = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    expect([...firstCells(p, CHAPTERS.dependencies)].sort()).toEqual(names.sort());
  });

  test('the files that it links to are there', () => {
    const links = [...p.text.matchAll(/\]\(([^)#:]+)\)/g)].map((m) => m[1] ?? '');
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) expect(() => text(link)).not.toThrow();
  });
});

test.each(readdirSync(new URL('docs/', ROOT)).filter((name) => name.endsWith('.md')))(
  'docs/%s shows only commands and flags that exist',
  (name) => {
    expect(shownCommands(page(`docs/${name}`)).flatMap(mistakesIn)).toEqual([]);
  },
);

test('the exit codes mean in English what the program says', () => {
  const meanings = english
    .rows(CHAPTERS.exitCodes)
    .slice(2)
    .map((row) => row[2]);
  expect(meanings).toEqual(Object.values(EXIT_MEANING));
});

test('both languages have the same headings, tables and commands', () => {
  expect(french.outline).toEqual(english.outline);
  const chapters = english.outline.filter((depth) => depth === 2);
  const tables = (p: Page): readonly number[] => chapters.map((_, i) => p.rows(i).length);
  expect(tables(french)).toEqual(tables(english));
  expect(french.blocks).toEqual(english.blocks);
  expect(english.text).toContain('](README.fr.md)');
  expect(french.text).toContain('](README.md)');
});

test('the guides for students have the same parts in both languages', () => {
  const [en, fr] = [page('templates/guide/guide.en.md'), page('templates/guide/guide.fr.md')];
  expect(fr.outline).toEqual(en.outline);
  const items = (p: Page): number => p.text.split('\n').filter((line) => /^(- |\d[.] )/.test(line)).length;
  expect(items(fr)).toBe(items(en));
});

/** What a person may write, as paths: `parent.address`, `children[].team`. A map is its keys. */
function everyKey(at: readonly (string | number)[]): readonly string[] {
  return keysAt(at).flatMap((key) => {
    const below = key === 'children' ? [key, 0] : [...at, key];
    const inner = everyKey(below);
    const shown = [...at, key].map((k) => (typeof k === 'number' ? '[]' : k));
    return inner.length > 0 ? inner : [shown.join('.').replaceAll('.[]', '[]')];
  });
}
