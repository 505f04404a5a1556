// The licences of the packages that a compiled program holds: whoever gets the program gets them with it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './compile.mjs';

/** A module's path up to the folder of its package. */
const PACKAGE = /^.*\/node_modules\/(@[^/]+\/)?[^/]+(?=\/)/;

/**
 * One text with the licence of every package that one of `modules` belongs to, sorted by name and version.
 *
 * @param modules ids of modules as the compiler has them: absolute paths, and what it adds itself
 * @throws Error when a package has no licence file: then nobody may pass it on
 */
export function licenses(modules) {
  const packages = new Map();
  for (const folder of new Set(modules.map(packageOf))) {
    if (folder === undefined) continue;
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    packages.set(`${name} ${version} (${license})`, licenseIn(folder));
  }
  const titles = [...packages.keys()].sort();
  return [
    'kmon is compiled with these packages in it. Each has its own licence.\n',
    ...titles.map((title) => `\n${'='.repeat(80)}\n${title}\n\n${packages.get(title)}\n`),
  ].join('');
}

/** The folder of a module's package; undefined for the project's own modules. */
function packageOf(module) {
  if (module.startsWith('\0rolldown/')) return join(ROOT, 'node_modules/rolldown');
  const folder = PACKAGE.exec(module)?.[0];
  if (folder !== undefined && !existsSync(join(folder, 'package.json')))
    throw new Error(`${module} belongs to no package`);
  return folder;
}

function licenseIn(folder) {
  const files = readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying|notice)(\W|$)/i.test(name))
    .sort();
  if (files.length === 0) throw new Error(`${folder} has no licence file, so it cannot be compiled in`);
  return files.map((name) => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n');
}
