/**
 * The key a person most likely meant: the same letters in another spelling (`pod_subnet`), the beginning of a key or a key with
 * something behind it (`password` for `passwordFile`), or one or two typing mistakes away. `undefined` when nothing is near.
 */
export function nearestKey(written: string, keys: readonly string[]): string | undefined {
  const plain = simplify(written);
  if (plain.length < 2) return undefined;
  const same = keys.find((key) => simplify(key) === plain);
  if (same !== undefined) return same;

  const mistakes = plain.length <= 4 ? 1 : 2;
  const near = keys
    .map((key) => ({ key, distance: editDistance(plain, simplify(key)) }))
    .filter((k) => k.distance <= mistakes)
    .sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined) return near.key;

  return keys.find((key) => begins(simplify(key), plain) || begins(plain, simplify(key)));
}

/** Typing mistakes between two words: letters added, dropped, replaced, or two neighbours exchanged. */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const above = rows[i - 1] ?? [];
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = cell(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(cell(above, j) + 1, cell(row, j - 1) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, cell(rows[i - 2] ?? [], j - 2) + 1);
      }
      row.push(best);
    }
    rows.push(row);
  }
  return cell(rows[a.length] ?? [], b.length);
}

function cell(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

function simplify(key: string): string {
  return key.toLowerCase().replaceAll(/[-_ ]/g, '');
}

function begins(long: string, short: string): boolean {
  return short.length >= 3 && long.startsWith(short);
}
