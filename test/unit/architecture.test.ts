import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/**
 * The house, lowest floor first. A file may use what stands on a lower floor, its own folder, and its neighbours on the same floor as long as no
 * circle comes of it. A type that is borrowed counts as much as a value: who must know its shape depends on it.
 */
const FLOORS: readonly (readonly string[])[] = [
  ['errors'],
  ['shell'],
  ['here'],
  ['room'],
  ['config'],
  ['transport', 'fetch'],
  ['runner'],
  ['render'],
  ['facts', 'computers'],
  ['relay', 'resources', 'tools', 'bundle', 'artifacts', 'cluster'],
  ['engine', 'observe'],
  ['trial', 'dashboards', 'loads', 'lesson'],
  ['findings'],
  ['addons', 'apps', 'stages', 'enrol', 'guest', 'lab', 'ui'],
  ['cli'],
  ['main.ts'],
];

/** Each library has one home, so that it can be replaced, and doubted, in one place. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  'dns-packet': ['trial/pods/name-question.ts'],
  ssh2: ['transport/ssh.ts'],
  execa: ['transport/local.ts', 'lab/'],
  listr2: ['ui/'],
  chalk: ['ui/'],
  qr: ['ui/qr-text.ts'],
  'string-width': ['ui/'],
  'is-unicode-supported': ['ui/theme.ts'],
  '@inquirer/prompts': ['ui/prompter.ts'],
  commander: ['cli/program.ts'],
  'csv-parse': ['config/children/cells.ts'],
  zod: ['config/', 'bundle/', 'findings/', 'fetch/', 'loads/', 'guest/'],
  '@grafana/grafana-foundation-sdk': ['dashboards/'],
  undici: ['fetch/web.ts'],
  // Starting programs is execa's, in its home; but for one that is asked in the middle of reading a file.
  // And what asks this computer's own system.
  'node:child_process': ['transport/ssh-config/match-exec.ts', 'here/platform/'],
};

interface Import {
  /** Path in src, or name of the package. */
  readonly target: string;
  readonly isType: boolean;
  readonly isOwn: boolean;
}

interface Source {
  readonly path: string;
  readonly ast: ts.SourceFile;
  readonly imports: readonly Import[];
}

function readSources(): readonly Source[] {
  const root = join(import.meta.dirname, '../../src');
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .map((path) => parse(path, readFileSync(join(root, path), 'utf8')));
}

function parse(path: string, text: string): Source {
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, isType: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const isOwn = specifier.text.startsWith('.');
    const target = isOwn
      ? posix.join(dirname(path), specifier.text).replace(/\.js$/, '.ts')
      : packageOf(specifier.text);
    imports.push({ target, isType, isOwn });
  };
  walk(ast, (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
  });
  return { path, ast, imports };
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The folder in src that a file lives in; `main.ts` is one of its own. */
const roomOf = (path: string): string => path.split('/')[0] ?? path;
const floorOf = (path: string): number => FLOORS.findIndex((floor) => floor.includes(roomOf(path)));

/** Every circle in a graph once, by the nodes it goes through. */
function circles(edges: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) {
      found.add([...path.slice(start), node].join(' -> '));
      return;
    }
    if (done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return [...found];
}

function wrongDirections(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, imports }) =>
    imports
      .filter(({ target, isOwn }) => isOwn && floorOf(target) > floorOf(path))
      .map(({ target, isType }) => `${path} uses ${isType ? 'a type of ' : ''}${target}, which is above it`),
  );
}

function circlesOfFiles(sources: readonly Source[]): readonly string[] {
  return circles(
    new Map(sources.map(({ path, imports }) => [path, imports.filter((i) => i.isOwn).map((i) => i.target)])),
  );
}

function circlesOfFolders(sources: readonly Source[]): readonly string[] {
  const edges = new Map<string, string[]>();
  for (const { path, imports } of sources) {
    const from = edges.get(roomOf(path)) ?? [];
    edges.set(roomOf(path), from);
    for (const { target, isOwn } of imports) {
      if (isOwn && roomOf(target) !== roomOf(path)) from.push(roomOf(target));
    }
  }
  return circles(edges);
}

function librariesFromHome(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, imports }) =>
    imports
      .filter(({ target, isOwn }) => {
        if (isOwn) return false;
        const homes = HOMES[target] ?? (target === 'child_process' ? [] : undefined);
        return (
          homes !== undefined &&
          !homes.some((home) => path === home || (home.endsWith('/') && path.startsWith(home)))
        );
      })
      .map(({ target }) => `${path} imports ${target}`),
  );
}

/** Where somebody asks which supply it is: by what makes one, by what is in a bundle, or by what kmon.yaml says of one. */
function questionsOfSupply(sources: readonly Source[]): readonly string[] {
  const makers = /^(bundle\/|artifacts\/(online-supply|bundle-supply|supply-for)\.ts$)/;
  return sources.flatMap(({ path, ast, imports }) => {
    const found = imports
      .filter(({ target, isOwn }) => isOwn && makers.test(target))
      .map((i) => `${path} uses ${i.target}`);
    walk(ast, (node) => {
      if (ts.isPropertyAccessExpression(node) && node.name.text === 'bundle')
        found.push(`${path}: ${node.getText(ast)}`);
      else if (ts.isBindingElement(node) && (node.propertyName ?? node.name).getText(ast) === 'bundle')
        found.push(`${path}: ${node.getText(ast)}`);
    });
    return found;
  });
}

/** Where somebody asks which system this computer has, or goes by the rules of one of them. */
function questionsOfPlatform(sources: readonly Source[]): readonly string[] {
  const elsewhere = sources.filter(({ path }) => !path.startsWith('here/platform/'));
  const rules = elsewhere.flatMap(({ path, ast }) => {
    const found: string[] = [];
    walk(ast, (node) => {
      if (ts.isImportSpecifier(node) && ['sep', 'win32', 'delimiter'].includes(node.name.text))
        found.push(`${path} imports ${node.name.text}`);
    });
    return found;
  });
  return [
    ...uses(elsewhere, 'process', /^(platform|arch|getuid|geteuid|getgid)$/),
    ...uses(elsewhere, 'os', /^(platform|type|release)$/),
    ...rules,
  ];
}

/** Uses of `object.member`, such as process.exit. */
function uses(sources: readonly Source[], object: string, members: RegExp): readonly string[] {
  return sources.flatMap(({ path, ast }) => {
    const found: string[] = [];
    walk(ast, (node) => {
      if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return;
      if (node.expression.text === object && members.test(node.name.text)) {
        found.push(`${path}: ${object}.${node.name.text}`);
      }
    });
    return found;
  });
}

/** Where a file asks where it lies. A part of the built program lies elsewhere than its source: only one place may, and knows how to find the rest. */
function placesOfTheirOwn(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, ast }) => {
    const found: string[] = [];
    walk(ast, (node) => {
      if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) found.push(path);
      else if (ts.isIdentifier(node) && /^(__dirname|__filename|createRequire|require)$/.test(node.text))
        found.push(path);
      else if (
        ts.isPropertyAccessExpression(node) &&
        /^process\.(argv|argv0|mainModule)$/.test(node.getText(ast))
      )
        found.push(path);
    });
    return found;
  });
}

/** Imports whose target only shows when the program runs: the build could not put it in. */
function importsOfAnything(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, ast }) => {
    const found: string[] = [];
    walk(ast, (node) => {
      if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) return;
      const [target] = node.arguments;
      if (target === undefined || !ts.isStringLiteral(target)) found.push(`${path}: ${node.getText(ast)}`);
    });
    return found;
  });
}

const sources = readSources();

describe('the house', () => {
  it('has only the folders of the design', () => {
    const known = FLOORS.flat();
    expect(sources.map((s) => s.path).filter((path) => !known.includes(roomOf(path)))).toEqual([]);
  });

  it('has no folder or file whose name says nothing', () => {
    const empty = /(^|[/-])(utils?|helpers?|common|managers?|misc|shared-?utils)([./-]|$)/;
    expect(sources.map((s) => s.path).filter((path) => empty.test(path))).toEqual([]);
  });

  it('imports point down', () => {
    expect(wrongDirections(sources)).toEqual([]);
  });

  it('has no circle of files or folders', () => {
    expect(circlesOfFiles(sources)).toEqual([]);
    expect(circlesOfFolders(sources)).toEqual([]);
  });

  it('keeps each library in its home', () => {
    expect(librariesFromHome(sources)).toEqual([]);
  });

  it('asks the supply where things come from, and never which supply it is', () => {
    // kmon.yaml is read and written in these, and a command is put together in `cli`.
    const mayKnow = ['config', 'bundle', 'artifacts', 'lab', 'cli'];
    expect(questionsOfSupply(sources.filter((s) => !mayKnow.includes(roomOf(s.path))))).toEqual([]);
  });

  it('ends the process, and listens to it, in main.ts alone', () => {
    const below = sources.filter((s) => s.path !== 'main.ts');
    expect(uses(below, 'process', /^(exit|exitCode|on|once|addListener|abort)$/)).toEqual([]);
  });

  it('asks which system this computer has, and knows the rules of one, in here/platform alone', () => {
    expect(questionsOfPlatform(sources)).toEqual([]);
  });

  it('prints in ui alone', () => {
    expect(
      uses(
        sources.filter((s) => roomOf(s.path) !== 'ui'),
        'console',
        /./,
      ),
    ).toEqual([]);
  });

  it('asks where it lies in one place, and imports what the build can see', () => {
    expect(placesOfTheirOwn(sources)).toEqual(['here/own-folder.ts']);
    expect(importsOfAnything(sources)).toEqual([]);
  });

  it('has no default exports', () => {
    const found = sources.filter(({ ast }) =>
      ast.statements.some(
        (s) =>
          (ts.isExportAssignment(s) && s.isExportEquals !== true) ||
          (ts.canHaveModifiers(s) &&
            (ts.getModifiers(s) ?? []).some((m) => m.kind === ts.SyntaxKind.DefaultKeyword)),
      ),
    );
    expect(found.map((s) => s.path)).toEqual([]);
  });
});

describe('the rules themselves', () => {
  it('see an import of every form', () => {
    const text = [
      "import { a } from '../engine/a.js';",
      "import type { B } from '../engine/b.js';",
      "import { type C } from '../engine/c.js';",
      "export * from '../engine/d.js';",
      "export type { E } from '../engine/e.js';",
      "type F = import('../engine/f.js').F;",
      "const g = await import('../engine/g.js');",
      "import '../engine/h.js';",
    ].join('\n');
    expect(
      parse('shell/x.ts', text).imports.map((i) => `${i.target} ${i.isType ? 'type' : 'value'}`),
    ).toEqual([
      'engine/a.ts value',
      'engine/b.ts type',
      'engine/c.ts value',
      'engine/d.ts value',
      'engine/e.ts type',
      'engine/f.ts type',
      'engine/g.ts value',
      'engine/h.ts value',
    ]);
  });

  it('find what they forbid', () => {
    const bad = [
      parse('shell/a.ts', "import { x } from '../engine/x.js'; import type { Y } from '../cli/y.js';"),
      parse('errors/b.ts', "import type { X } from '../shell/x.js';"),
      parse('engine/x.ts', "import type { B } from '../bundle/bundle.js'; import { b } from './y.js';"),
      parse(
        'engine/y.ts',
        "import { x } from './x.js'; import { a } from '../shell/a.js'; import ssh2 from 'ssh2';",
      ),
      parse('ui/z.ts', "import { input } from '@inquirer/prompts/x'; import 'listr2'; process.exit(1);"),
    ];
    expect(wrongDirections(bad)).toEqual([
      'shell/a.ts uses engine/x.ts, which is above it',
      'shell/a.ts uses a type of cli/y.ts, which is above it',
      'errors/b.ts uses a type of shell/x.ts, which is above it',
    ]);
    expect(circlesOfFiles(bad)).toContain('engine/x.ts -> engine/y.ts -> engine/x.ts');
    expect(circlesOfFolders(bad)).toEqual(['shell -> engine -> shell']);
    expect(librariesFromHome(bad)).toEqual(['engine/y.ts imports ssh2', 'ui/z.ts imports @inquirer/prompts']);
    expect(uses(bad, 'process', /^exit$/)).toEqual(['ui/z.ts: process.exit']);
    const nosy = [
      parse('stages/a.ts', "import type { Bundle } from '../bundle/bundle.js'; if (c.config.bundle) x();"),
      parse(
        'stages/b.ts',
        "import { onlineSupply } from '../artifacts/online-supply.js'; const { bundle } = c;",
      ),
      parse('stages/c.ts', "import { PAUSE } from '../artifacts/images.js'; c.supply.image(PAUSE);"),
    ];
    expect(questionsOfSupply(nosy)).toEqual([
      'stages/a.ts uses bundle/bundle.ts',
      'stages/a.ts: c.config.bundle',
      'stages/b.ts uses artifacts/online-supply.ts',
      'stages/b.ts: bundle',
    ]);
    const homely = [
      parse('cli/a.ts', "import { join, sep } from 'node:path'; if (process.platform === 'win32') x();"),
      parse('cli/b.ts', "import os from 'node:os'; os.platform(); process.getuid?.();"),
      parse('here/platform/c.ts', "import { win32 } from 'node:path'; process.platform;"),
    ];
    expect(questionsOfPlatform(homely)).toEqual([
      'cli/a.ts: process.platform',
      'cli/b.ts: process.getuid',
      'cli/b.ts: os.platform',
      'cli/a.ts imports sep',
    ]);
    const lost = [
      parse('ui/a.ts', "new URL('../x', import.meta.url);"),
      parse('ui/b.ts', 'join(__dirname, process.argv[1]);'),
      parse('ui/c.ts', "await import(name); await import(`./${name}.js`); await import('./d.js');"),
    ];
    expect(placesOfTheirOwn(lost)).toEqual(['ui/a.ts', 'ui/b.ts', 'ui/b.ts']);
    expect(importsOfAnything(lost)).toEqual(['ui/c.ts: import(name)', 'ui/c.ts: import(`./${name}.js`)']);
  });
});
