import { describe, expect, it } from 'vitest';
import { TOP_ORDERS, inOrder } from '../../../src/observe/room-top.js';
import type { TopOrder, TopRow } from '../../../src/observe/room-top.js';
import { TopPast } from '../../../src/observe/top-past.js';
import { barText, sparkText } from '../../../src/ui/bars.js';
import { plainSigns } from '../../../src/ui/theme.js';

const row = (machine: string, more: Partial<TopRow> = {}): TopRow => ({
  machine,
  role: 'child',
  team: null,
  state: 'answers',
  silentSince: null,
  because: null,
  cpuPercent: null,
  memoryPercent: null,
  temperature: null,
  load1: null,
  receivedBitsPerSecond: null,
  sentBitsPerSecond: null,
  pods: null,
  ...more,
});

describe('the order of the rows', () => {
  const rows = [
    row('a'),
    row('b', {
      cpuPercent: 5,
      memoryPercent: 70,
      temperature: 'no sensor',
      load1: 1,
      sentBitsPerSecond: 9,
      pods: 0,
    }),
    row('c', {
      cpuPercent: 90,
      memoryPercent: 7,
      temperature: 60,
      load1: 3,
      receivedBitsPerSecond: 3,
      pods: 4,
    }),
    row('d', { cpuPercent: 90, memoryPercent: 8, temperature: 61, load1: 2, pods: 2 }),
  ];

  it.each<readonly [TopOrder, string]>([
    ['machine', 'abcd'],
    ['cpu', 'cdba'],
    ['memory', 'bdca'],
    ['temperature', 'dcab'],
    ['load', 'cdba'],
    ['network', 'bcad'],
    ['pods', 'cdba'],
  ])('by %s: the highest first, and whoever has none last', (order, names) => {
    expect(
      inOrder(rows, order)
        .map((r) => r.machine)
        .join(''),
    ).toBe(names);
    expect(TOP_ORDERS).toContain(order);
  });
});

describe('what was until now', () => {
  it('keeps the last values, one a step', () => {
    const past = new TopPast({ points: 3, stepSeconds: 5 });
    for (const [at, cpuPercent] of [
      [100, 1],
      [102, 2],
      [105, 3],
      [110, 4],
      [115, 5],
    ] as const)
      past.add([row('a', { cpuPercent, temperature: 'no sensor' })], at);
    expect(past.of('a')).toEqual({ cpu: [3, 4, 5], celsius: [], bits: [] });
    expect(past.of('nobody')).toEqual({ cpu: [], celsius: [], bits: [] });
  });

  it('adds both ways of the network', () => {
    const past = new TopPast({ points: 2, stepSeconds: 5 });
    const series = (query: string, value: number) => ({
      labels: { kmon_query: query, node: 'a' },
      points: [{ at: 100, value }],
    });
    past.recall({ kind: 'matrix', series: [series('received', 7), series('sent', 5)] });
    past.add([row('a', { receivedBitsPerSecond: 1, sentBitsPerSecond: 2 })], 105);
    expect(past.of('a').bits).toEqual([12, 3]);
    past.recall({ kind: 'error', message: 'too much' });
    expect(past.of('a').bits).toEqual([12, 3]);
  });
});

describe('what is drawn', () => {
  it('is a share of its width', () => {
    expect([0, 4, 50, 100, 300, -9].map((percent) => barText(percent, 6))).toEqual([
      '░░░░░░',
      '░░░░░░',
      '███░░░',
      '██████',
      '██████',
      '░░░░░░',
    ]);
  });

  it('is a line that ends at the right, with nothing where nothing was measured', () => {
    const scale = { least: 0, most: 100 };
    expect(sparkText([0, 50, undefined, 100, 900], 7, scale)).toBe('  ▁▅ ██');
    expect(sparkText([0, 50, 100], 2, scale)).toBe('▅█');
    // Where a terminal lacks these signs.
    expect(sparkText([0, 50, undefined, 100], 4, scale, plainSigns)).toBe('_= #');
    expect(barText(50, 4, plainSigns)).toBe('##..');
    expect(sparkText([3], 2, { least: 5, most: 5 })).toBe(' ▁');
  });
});
