/** More lines than this are no kmon.yaml: comparing them would take longer than reading them. */
const MAX_LINES = 2000;

/**
 * What differs between two texts, line by line and in order: `- ` goes, `+ ` comes. Lines that both have are left out. Empty: there is no
 * difference but perhaps the end of the last line.
 */
export function lineDiff(before: string, after: string): readonly string[] {
  const a = linesOf(before);
  const b = linesOf(after);
  if (a.length > MAX_LINES || b.length > MAX_LINES)
    return before === after ? [] : ['- (all of it)', '+ (all of it)'];
  const common = commonLengths(a, b);
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`- ${a[i] ?? ''}`);
      i++;
    } else {
      lines.push(`+ ${b[j] ?? ''}`);
      j++;
    }
  }
  return lines;
}

/** Length of the longest common sequence of a from i and b from j. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly (readonly number[])[] {
  const table: number[][] = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  for (let i = a.length - 1; i >= 0; i--) {
    const row = table[i] ?? [];
    const below = table[i + 1] ?? [];
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
