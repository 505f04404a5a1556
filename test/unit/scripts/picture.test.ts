import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { castText, piecesOfScript, readCast } from '../../../scripts/picture.d/cast.js';
import type { Cast } from '../../../scripts/picture.d/cast.js';
import { framesOf } from '../../../scripts/picture.d/screen.js';
import type { Frame } from '../../../scripts/picture.d/screen.js';
import { castOf, shorten } from '../../../scripts/picture.d/shorten.js';
import { svgOf } from '../../../scripts/picture.d/svg.js';

const DOCS = new URL('../../../docs/', import.meta.url);
const SHAPE = { columns: 20, rows: 4, title: 'a <run>' };

const cast = (...pieces: readonly (readonly [number, string])[]): Cast => ({
  ...SHAPE,
  pieces: pieces.map(([atMs, text]) => ({ atMs, text })),
});
const textOf = (frame: Frame | undefined): readonly string[] =>
  (frame?.lines ?? []).map((line) => line.map((run) => run.text).join(''));

describe('a recording', () => {
  it('is read from what script wrote, characters that were cut in two as well', () => {
    const printed = Buffer.from('Script started\nà\u001b[1mb\nScript done\n');
    const pieces = piecesOfScript(printed, '0.500000 1\n0.250000 1\n1.000000 5\n');
    expect(pieces).toEqual([
      { atMs: 500, text: '' },
      { atMs: 750, text: 'à' },
      { atMs: 1750, text: '\u001b[1mb' },
    ]);
  });

  it('is the same when it was written and read', () => {
    const written = cast([100, 'a\r\n'], [1250, '\u001b[32mb']);
    expect(readCast(castText(written))).toEqual(written);
  });

  it.each([
    '{"version":1,"width":1,"height":1,"title":""}\n',
    '{"version":2,"width":1,"height":1,"title":""}\n["x"]\n',
  ])('is refused when it is no such thing: %j', (text) => {
    expect(() => readCast(text)).toThrow(/^not an /);
  });
});

describe('the screen', () => {
  it('shows what a terminal would: colours, what is overwritten, what scrolls away', async () => {
    const frames = await framesOf(
      cast([0, '\u001b[1;32m$\u001b[m kmon\r\n'], [1000, '⠋ wait'], [2000, '\r\u001b[Kdone\r\n1\r\n2\r\n3']),
    );
    expect(frames.map(textOf)).toEqual([
      ['', '', '', ''],
      ['$ kmon', '', '', ''],
      ['$ kmon', '⠿ wait', '', ''],
      ['done', '1', '2', '3'],
    ]);
    expect(frames[1]?.lines[0]?.[0]).toEqual({ column: 0, text: '$', colour: 2, bold: true, dim: false });
  });

  it('is no other when only the wheel turned', async () => {
    const frames = await framesOf(cast([0, '⠋ wait'], [100, '\r⠙ wait'], [200, '\r⠹ wait']));
    expect(frames).toHaveLength(2);
  });
});

describe('a shortened run', () => {
  const lines = (text: string): Frame['lines'] => [
    [{ column: 0, text, colour: undefined, bold: false, dim: false }],
  ];

  it('waits for nothing long, and keeps every frame of a short one', () => {
    const frames = [0, 1000, 61_000, 62_000].map((atMs, i) => ({ atMs, lines: lines(String(i)) }));
    expect(shorten(frames).map((f) => [f.atMs, f.lines])).toEqual([
      [0, lines('0')],
      [1000, lines('1')],
      [2500, lines('2')],
      [3500, lines('3')],
    ]);
  });

  it('takes at most 40 seconds, and ends as it ended', () => {
    const frames = Array.from({ length: 1000 }, (_, i) => ({ atMs: i * 1000, lines: lines(String(i)) }));
    const short = shorten(frames);
    expect(short.at(-1)).toEqual({ atMs: 40_000, lines: lines('999') });
    expect(short.length).toBeLessThan(170);
  });

  it('shows the same screens when it is written as a recording of what changes', async () => {
    const frames = await framesOf(
      cast(
        [0, '\u001b[91mred\u001b[m and \u001b[2mdim\u001b[m\r\n'],
        [1000, 'two\r\nthree\r\nfour'],
        [2000, '\r\nfive\r\nsix'],
        [3000, '\u001b[2J\u001b[1;1Hnew'],
      ),
    );
    const written = castOf(frames, SHAPE);
    expect((await framesOf(written)).map((f) => f.lines)).toEqual(frames.map((f) => f.lines));
  });
});

describe('a picture', () => {
  it('shows the end where nothing moves, and harms no text', async () => {
    const svg = svgOf(await framesOf(cast([0, 'a < b & c'], [1000, '\r\nend'])), SHAPE);
    expect(svg).toContain('a &lt; b &amp; c');
    expect(svg).toContain('<title>a &lt;run&gt;</title>');
    expect(svg).toMatch(/<g id="strip" transform="translate\(-392\)">/);
    expect(svg).not.toContain('<script');
  });

  it.each(readdirSync(DOCS).filter((name) => name.endsWith('.cast')))(
    'of docs/%s is what scripts/picture --draw draws',
    async (name) => {
      const recording = readCast(readFileSync(new URL(name, DOCS), 'utf8'));
      const drawn = svgOf(await framesOf(recording), recording);
      expect(readFileSync(new URL(name.replace(/cast$/, 'svg'), DOCS), 'utf8')).toBe(drawn);
    },
  );
});
