// What scripts/build does; see there. It and all that it imports is JavaScript, since it is what compiles the rest.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { MAIN, ROOT, compile } from './compile.mjs';
import { licenses } from './licenses.mjs';
import { clean, isWritten, write } from './written.mjs';

/** What decides, besides the sources and the program itself, what a compiled program is. */
const COMPILER = [
  'package.json',
  'package-lock.json',
  ...['build', 'compile', 'licenses', 'written'].map((name) => `scripts/lib/${name}.mjs`),
];

const KMON = join(ROOT, 'src/main.ts');

/** Where compiled programs lie that are neither packed nor committed. */
const CACHE = join(ROOT, 'node_modules/.cache/kmon');

function targets({ positionals, values }) {
  if (positionals.length === 0)
    return [{ program: KMON, folder: resolve(values.into ?? join(ROOT, 'dist')) }];
  if (values.into !== undefined && positionals.length > 1) throw new Error('--into takes one program');
  return positionals.map((path) => ({
    program: resolve(path),
    folder: resolve(values.into ?? join(CACHE, basename(path).replace(/\.[a-z]+$/, ''))),
  }));
}

/** The content of everything that decides what the compiled program is, in one word. */
function keyOf(program) {
  // What shows something about kmon may use what its tests use, and what lies beside it.
  const beside = relative(ROOT, dirname(program));
  const sources = [
    'src',
    ...(program === KMON ? [] : ['test/support', ...(isScripts(beside) ? [beside] : [])]),
  ]
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of [program, ...COMPILER.map((name) => join(ROOT, name)), ...sources])
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function isScripts(folder) {
  return folder.split(sep)[0] === 'scripts';
}

async function build({ program, folder }, { check, clean: all }) {
  const key = keyOf(program);
  if (!isWritten(folder, key)) {
    if (check) return false;
    const { files, modules } = await compile(program);
    // What is not packed is given to nobody.
    const legal = program === KMON ? [{ name: 'licenses.txt', text: licenses(modules) }] : [];
    write(folder, key, [...files, ...legal], MAIN);
  }
  if (all) clean(folder);
  return true;
}

try {
  const options = parseArgs({
    options: { check: { type: 'boolean' }, clean: { type: 'boolean' }, into: { type: 'string' } },
    allowPositionals: true,
  });
  for (const target of targets(options)) if (!(await build(target, options.values))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`build: ${error.message}\n`);
  process.exitCode = 1;
}
