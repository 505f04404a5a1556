import { expect, it } from 'vitest';
import { decodeSheet } from '../../../../src/config/children/decode.js';
import { readChildren } from '../../../../src/config/children/read.js';

/** Numbers from 0 up to 1 that are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

const PIECES = [
  '192.168.1.',
  '11',
  '-',
  ' - ',
  ';',
  ',',
  '\t',
  '|',
  '"',
  '""',
  '\n',
  '\r\n',
  '#',
  'IP',
  'Équipe',
  'nom',
  'a',
  '',
  ' ',
  '\u0000',
  'sep=;',
  '/24',
  ':',
  '.',
  'à',
];

it('whatever is in a file, reading it ends, and every mistake has a place that is in it', () => {
  const next = numbers(7);
  for (let run = 0; run < 3000; run++) {
    const length = Math.floor(next.next().value * 40);
    const text = Array.from(
      { length },
      () => PIECES[Math.floor(next.next().value * PIECES.length)] ?? '',
    ).join('');
    const bytes = Buffer.from(text, run % 3 === 0 ? 'latin1' : run % 3 === 1 ? 'utf8' : 'utf16le');
    const decoded = decodeSheet(bytes);
    if ('mistake' in decoded) continue;
    const lines = decoded.text.split(/\r\n?|\n/);
    const { machines, mistakes } = readChildren(decoded.text);
    for (const { line, column } of mistakes) {
      expect(line, JSON.stringify(text)).toBeLessThanOrEqual(lines.length);
      expect(column, JSON.stringify(text)).toBeGreaterThan(0);
      expect(column, JSON.stringify(text)).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
    }
    for (const { machine } of machines)
      expect(machine.address, JSON.stringify(text)).toMatch(/^192\.168\.1\.\d+$/);
  }
});

it('a long file takes no longer than its length', () => {
  const rows = Array.from(
    { length: 5000 },
    (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255};pc-${i};red`,
  );
  for (const text of [rows.join('\n'), rows.join(';')]) {
    const start = performance.now();
    readChildren(text);
    expect(performance.now() - start).toBeLessThan(10_000);
  }
});
