import { drawnSigns } from './theme.js';
import type { Signs } from './theme.js';

/** A share of a hundred as a bar of `columns`. */
export function barText(percent: number, columns: number, { full, empty }: Signs = drawnSigns): string {
  const filled = Math.min(columns, Math.max(0, Math.round((percent / 100) * columns)));
  return full.repeat(filled) + empty.repeat(columns - filled);
}

/** The last values as a line of `columns`, the newest at the right; nothing stands where nothing was measured. */
export function sparkText(
  values: readonly (number | undefined)[],
  columns: number,
  scale: { readonly least: number; readonly most: number },
  { levels }: Signs = drawnSigns,
): string {
  const span = scale.most - scale.least;
  const level = (value: number | undefined): string => {
    if (value === undefined) return ' ';
    const share = span <= 0 ? 0 : (value - scale.least) / span;
    const place = Math.floor(Math.min(1, Math.max(0, share)) * levels.length);
    return levels[Math.min(place, levels.length - 1)] ?? ' ';
  };
  return values.slice(-columns).map(level).join('').padStart(columns);
}
