/** OpenSSH's pattern list: one that fits is needed, and one with `!` that fits decides against it. */
export function matchesPatterns(name: string, patterns: readonly string[]): boolean {
  let fits = false;
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(name, pattern.slice(1))) return false;
    } else if (matchesPattern(name, pattern)) fits = true;
  }
  return fits;
}

/** `*` is any text, `?` any one character; everything else is itself (brackets too). */
function matchesPattern(name: string, pattern: string): boolean {
  // Nearly all are plain names, and every machine of a room is held against those of all others.
  if (!pattern.includes('*') && !pattern.includes('?')) return name === pattern;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(name);
}
