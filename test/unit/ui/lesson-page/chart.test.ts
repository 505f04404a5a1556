import { describe, expect, it } from 'vitest';
import { chart } from '../../../../src/ui/lesson-page/chart.js';
import type { ChartFrame } from '../../../../src/ui/lesson-page/chart.js';

const FROM = Date.parse('2026-11-30T08:00:00Z');
const frame: ChartFrame = {
  fromMs: FROM,
  stepMs: 60_000,
  steps: 5,
  low: 0,
  high: 100,
  unit: ' %',
  label: 'CPU of pc-11',
  marked: [],
  timeText: (ms) => new Date(ms).toISOString().slice(11, 16),
};
const pathsOf = (svg: string): readonly string[] =>
  [...svg.matchAll(/class="line [a-z]+"\s+d="([^"]*)"/g)].map(([, d = '']) => d);
const draw = (values: readonly (number | null)[], more: Partial<ChartFrame> = {}): string =>
  chart([{ kind: 'cpu', values }], { ...frame, ...more }).text;

describe('a chart', () => {
  it('draws a value at its time and height', () => {
    expect(pathsOf(draw([0, 50, 100]))).toEqual(['M64 128L205 69L346 10']);
  });

  it('has a gap where nothing was measured, and a dot for a value alone', () => {
    expect(pathsOf(draw([null, 50, null, 10, 20]))).toEqual(['M205 69h0M487 116.2L628 104.4']);
    expect(pathsOf(draw([null, null]))).toEqual(['']);
    expect(pathsOf(draw([]))).toEqual(['']);
  });

  it('leaves nothing outside of its frame', () => {
    expect(pathsOf(draw([-40, 900]))).toEqual(['M64 128L205 10']);
  });

  it('is there for a single moment, and has no more figures than fit', () => {
    expect(draw([7], { steps: 1 })).not.toMatch(/NaN|Infinity/);
    for (const steps of [2, 10, 240, 5000, 40_000]) {
      const texts = draw([1], { steps }).match(/text-anchor="(?:start|middle)"/g) ?? [];
      expect(texts.length).toBeLessThanOrEqual(6);
    }
  });

  it('marks a load within its own time', () => {
    const marked = [
      { fromMs: FROM - 600_000, untilMs: FROM + 60_000 },
      { fromMs: FROM + 600_000, untilMs: FROM + 900_000 },
    ];
    const rects = [...draw([1], { marked }).matchAll(/<rect\s[^>]*x="([\d.]+)"[^>]*width="([\d.]+)"/g)];
    expect(rects.map(([, x, width]) => [x, width])).toEqual([['64', '141']]);
  });

  it('says what it is to whoever does not see it', () => {
    expect(draw([1], { label: '<b>"' })).toMatch(/role="img"\s+aria-label="&#60;b&#62;&#34;"/);
  });
});
