import { existsSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * The files an absolute path with `*`, `?` or `[…]` in any of its parts stands for, in alphabetical order; names that begin with a dot
 * only where the pattern says so. (Node 20 has no glob.)
 */
export function filesMatching(pattern: string): readonly string[] {
  let found: string[] = [sep];
  for (const part of pattern.split(sep).filter((p) => p !== '')) {
    found = found.flatMap((folder) => (/[*?[]/.test(part) ? matchesIn(folder, part) : [join(folder, part)]));
  }
  return found.filter((path) => existsSync(path));
}

function matchesIn(folder: string, part: string): string[] {
  const source = part
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('[!', '[^')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  let expression: RegExp;
  try {
    expression = new RegExp(`^${source}$`);
  } catch {
    return [];
  }
  return namesIn(folder)
    .filter((name) => (part.startsWith('.') || !name.startsWith('.')) && expression.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
