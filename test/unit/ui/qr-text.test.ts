import { stripVTControlCharacters } from 'node:util';
import decodeQR from 'qr/decode.js';
import { describe, expect, it } from 'vitest';
import { qrText } from '../../../src/ui/qr-text.js';
import { createTheme, plainTheme } from '../../../src/ui/theme.js';

const ADDRESS = 'http://192.168.100.200:30300/';
/** Pixels that a camera gives a square. */
const SCALE = 4;

/** What a camera reads, if the ink is dark, or light on a dark terminal. */
function read(lines: readonly string[], ink: 'dark' | 'light'): string {
  const rows = lines.flatMap((line) => {
    const drawn = Array.from(stripVTControlCharacters(line));
    return [drawn.map((c) => c === '█' || c === '▀'), drawn.map((c) => c === '█' || c === '▄')];
  });
  const width = (rows[0]?.length ?? 0) * SCALE;
  const data = new Uint8Array(width * rows.length * SCALE * 3);
  rows.forEach((row, y) => {
    row.forEach((drawn, x) => {
      const value = drawn === (ink === 'dark') ? 0 : 255;
      for (let dy = 0; dy < SCALE; dy += 1) {
        const start = 3 * ((y * SCALE + dy) * width + x * SCALE);
        data.fill(value, start, start + 3 * SCALE);
      }
    });
  });
  return decodeQR({ width, height: rows.length * SCALE, data });
}

describe('an address for telephones', () => {
  it('is read with colours, and without them on a dark terminal', () => {
    const coloured = qrText(ADDRESS, 80, createTheme(true)) ?? [];
    expect(coloured[0]).toContain('\u001b[');
    expect(read(coloured, 'dark')).toBe(ADDRESS);
    const plain = qrText(ADDRESS, 80, plainTheme) ?? [];
    expect(plain.join('')).not.toContain('\u001b');
    expect(read(plain, 'light')).toBe(ADDRESS);
    // Not every camera reads it with dark and light the other way round, as this reader does.
    expect(stripVTControlCharacters(coloured[0] ?? '')).toMatch(/^ +$/);
    expect(plain[0]).toMatch(/^█+$/);
  });

  it('fits a small terminal, and is left out where it does not', () => {
    const lines = qrText(ADDRESS, 40, plainTheme) ?? [];
    expect(lines.length).toBeLessThanOrEqual(20);
    const width = lines[0]?.length ?? 0;
    expect(width).toBeLessThanOrEqual(40);
    expect(lines.every((line) => line.length === width)).toBe(true);
    expect(qrText(ADDRESS, width - 1, plainTheme)).toBeUndefined();
  });
});
