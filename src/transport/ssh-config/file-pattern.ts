import { existsSync, readdirSync } from 'node:fs';
import type { Platform } from '../../here/platform/platform.js';
import { thisPlatform } from '../../here/platform/this-platform.js';

/**
 * The files an absolute path with `*`, `?` or `[…]` in any of its parts stands for, in alphabetical order; names that begin with a dot
 * only where the pattern says so. (Node 20 has no glob.)
 */
export function filesMatching(
  pattern: string,
  { path, name }: Pick<Platform, 'path' | 'name'> = thisPlatform,
): readonly string[] {
  // A drive or a share is no part that could be a pattern.
  const { root } = path.parse(pattern);
  const separator = name === 'windows' ? /[\\/]/ : '/';
  let found: string[] = [root];
  for (const part of pattern
    .slice(root.length)
    .split(separator)
    .filter((p) => p !== '')) {
    found = found.flatMap((folder) =>
      (/[*?[]/.test(part) ? matchesIn(folder, part) : [part]).map((file) => path.join(folder, file)),
    );
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
    .toSorted();
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
