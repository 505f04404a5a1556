import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** What a fresh clone has of all that building and packing need; `dist/` is not in it. */
const CLONED = [
  '.npmrc',
  'LICENSE',
  'README.md',
  'README.fr.md',
  'bin',
  'docs',
  'package.json',
  'package-lock.json',
  'scripts',
  'src',
  'templates',
];

/** Makes `folder` a copy of the project as a fresh clone has it, with the packages of `npm ci`. */
export function makeClone(folder: string): void {
  mkdirSync(folder);
  for (const name of CLONED) {
    if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}
