import { describe, expect, it } from 'vitest';
import { verifyText } from '../../../src/ui/verify-text.js';
import type { VerifyResult } from '../../../src/ui/verify-text.js';

const GOOD: VerifyResult = {
  profile: 'lite',
  rows: [
    {
      machine: 'pc-10',
      node: 'ready',
      up: true,
      cpuPercent: 12.4,
      memoryPercent: 40,
      temperature: 'no sensor',
      pods: 'reach',
    },
  ],
  targets: { up: 4, all: 4 },
  checks: [{ what: 'values', good: true, because: 'no values dropped in the last ten minutes' }],
  missing: [],
  notes: [],
};

describe('what kmon verify shows', () => {
  it('is a table and what was looked at beside it', () => {
    expect(verifyText(GOOD)).toBe(
      [
        'machine  node   target   cpu  memory  temperature  pods',
        'pc-10    ready  up      12 %    40 %    no sensor  reach',
        '✔ targets: 4 of 4 up',
        '✔ values: no values dropped in the last ten minutes',
        'everything is there',
      ].join('\n'),
    );
  });

  it('has a column more where somebody asked how soon a load shows', () => {
    const [row] = GOOD.rows;
    if (row === undefined) throw new Error('no row');
    const timed: VerifyResult = {
      ...GOOD,
      rows: [
        { ...row, latencySeconds: null },
        { ...row, machine: 'pc-11', latencySeconds: 6.24 },
      ],
    };
    const [head, parent, child] = verifyText(timed).split('\n');
    expect(head).toMatch(/pods +seen after$/);
    expect(parent).toMatch(/reach +-$/);
    expect(child).toMatch(/reach +6\.2 s$/);
  });

  it('is what is missing, and what to do', () => {
    const bad: VerifyResult = {
      ...GOOD,
      rows: [
        {
          machine: 'pc-11',
          node: 'not-ready',
          up: false,
          cpuPercent: null,
          memoryPercent: null,
          temperature: null,
          pods: null,
        },
      ],
      targets: { up: 0, all: 0 },
      notes: ['own-mac is not measured'],
      missing: [{ what: 'pc-11', because: 'its exporter\n does not answer', fix: 'start it' }],
    };
    expect(verifyText(bad).split('\n').slice(1)).toEqual([
      'pc-11    not-ready  not up    -       -            -  -',
      '✖ targets: 0 of 0 up',
      '✔ values: no values dropped in the last ten minutes',
      '· own-mac is not measured',
      '✖ pc-11: its exporter  does not answer',
      '  fix: start it',
      '1 thing is missing',
    ]);
  });
});
