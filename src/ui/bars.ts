const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/**
 * A share of a whole as a bar with its number: `██████▎░░░  63 %`. Values outside 0 to 100 are drawn as the nearest end and shown as
 * they are; `undefined` (no data) says so.
 */
export function cpuBar(percent: number | undefined, columns = 20): string {
  if (percent === undefined || Number.isNaN(percent)) return `${'·'.repeat(columns)}  no data`;
  const eighths = Math.round((Math.min(100, Math.max(0, percent)) / 100) * columns * 8);
  const filled = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return `${filled.padEnd(columns, '░')} ${String(Math.round(percent)).padStart(3)} %`;
}
