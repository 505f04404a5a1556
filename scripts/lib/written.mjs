// The files of a compiled program in its folder, changed in a way that a program which runs from there meanwhile does not notice: it may
// load parts of itself at any time until it ends.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CHUNKS } from './compile.mjs';

/** What was written last: a line with the key, then the name of every file. */
const LIST = '.sources';

/** How long the parts of a former build stay, from when they were replaced. */
const STAY_MS = 24 * 3_600_000;

/** Whether `folder` holds everything that was written with this key. */
export function isWritten(folder, key) {
  const list = listIn(folder);
  return list.key === key && list.names.every((name) => existsSync(join(folder, name)));
}

/**
 * Writes a compiled program: all but `main` have names that tell their content, and `main` comes last. Parts of former builds that
 * nobody can need any more are removed.
 *
 * @param files `{ name, text }` each
 */
export function write(folder, key, files, main) {
  const former = listIn(folder).names;
  const names = files.map((file) => file.name);
  // What is interrupted from here on is not up to date.
  rmSync(join(folder, LIST), { force: true });
  for (const { name, text } of files.filter((file) => file.name !== main)) put(join(folder, name), text);
  put(join(folder, main), files.find((file) => file.name === main).text);
  const now = new Date();
  for (const file of others(folder, names)) {
    const name = relative(folder, file);
    if (former.includes(name)) utimesSync(file, now, now);
    else if (now - statSync(file).mtime > STAY_MS || !isPart(name)) rmSync(file);
  }
  put(join(folder, LIST), `${[key, ...names].join('\n')}\n`);
  removeEmpty(folder);
}

/** Removes everything that is not of the last build. */
export function clean(folder) {
  for (const file of others(folder, listIn(folder).names)) rmSync(file);
  removeEmpty(folder);
}

function listIn(folder) {
  if (!existsSync(join(folder, LIST))) return { key: '', names: [] };
  const [key, ...names] = readFileSync(join(folder, LIST), 'utf8').trim().split('\n');
  return { key, names };
}

/** Files besides the named ones and the list of them. */
function others(folder, names) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => ![LIST, ...names].includes(relative(folder, file)));
}

/** Whether a file may be a part of a former build, by where it lies. */
function isPart(name) {
  return dirname(name) === CHUNKS;
}

/** Whole or not at all. */
function put(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}.half`;
  writeFileSync(half, text);
  renameSync(half, file);
}

function removeEmpty(folder) {
  const folders = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const inner of folders.sort().reverse())
    if (readdirSync(inner).length === 0) rmSync(inner, { recursive: true });
}
