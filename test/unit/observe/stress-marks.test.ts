import { describe, expect, it } from 'vitest';
import { stressMarks } from '../../../src/observe/stress-marks.js';

const LOAD = '80 % CPU for 60 s';

describe('the marks of a load', () => {
  it('are three stretches of time, from the first child to the last', () => {
    const marks = stressMarks(
      [
        { machine: 'pc-11', moments: { before: 10_000, begins: 35_000, ends: 95_000, after: 120_000 } },
        { machine: 'pc-12', moments: { before: 12_000, begins: 40_000, ends: 100_000, after: 125_000 } },
      ],
      LOAD,
    );
    const what = '80 % CPU for 60 s on pc-11, pc-12';
    expect(marks).toEqual([
      { part: 'before', from: 10_000, to: 35_000, text: `before the load: ${what}` },
      { part: 'load', from: 35_000, to: 100_000, text: `kmon stress: ${what}` },
      { part: 'after', from: 100_000, to: 125_000, text: `after the load: ${what}` },
    ]);
  });

  it('leave out a part that nobody has seen anything of', () => {
    const moments = { before: 10_000, begins: 35_000, ends: 95_000, after: 95_003 };
    expect(stressMarks([{ machine: 'pc-11', moments }], LOAD).map(({ part }) => part)).toEqual([
      'before',
      'load',
    ]);
    expect(stressMarks([], LOAD)).toEqual([]);
  });
});
