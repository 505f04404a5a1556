import { describe, expect, it } from 'vitest';
import { keptValues, makeRecord, parseRecord, recordText, runFile } from '../../../src/loads/run-record.js';

const BEGAN = '2026-11-30T14:05:06.007Z';

const RECORD = makeRecord({
  version: '1.0.0',
  who: { user: 'ada', computer: 'desk' },
  room: 'atelier-1',
  began: BEGAN,
  ended: '2026-11-30T14:07:00.000Z',
  exitCode: 24,
  load: { model: 'ramp', text: 'ramp, 80 % CPU for 60 s', cpuPercent: 80, seconds: 60, maxCelsius: 85 },
  children: [
    {
      machine: 'pc-11',
      phases: [{ seconds: 60, cpuPercent: 80 }],
      began: '2026-11-30T14:05:30.000Z',
      ended: '2026-11-30T14:06:00.000Z',
      before: { cpuPercent: 3.2, memoryPercent: 40, temperature: 51 },
      peak: { cpuPercent: 79.6, temperature: 'sensor lies' },
      after: {},
      end: 'cut-off',
      why: 'the temperature sensor lies',
    },
    { machine: 'pc-12', before: {}, peak: {}, after: {}, end: 'refused', why: 'unreachable' },
  ],
});

describe('the record of a run', () => {
  it('is read as it was written', () => {
    expect(parseRecord(recordText(RECORD), 'x')).toEqual(RECORD);
    expect(recordText(RECORD).endsWith('}\n')).toBe(true);
  });

  it('has a name of its own, in the order of time', () => {
    expect(runFile('/room/.kmon', new Date(BEGAN))).toBe(
      '/room/.kmon/runs/2026-11-30T14-05-06.007Z-stress.json',
    );
  });

  it('keeps no more of a value than was measured', () => {
    expect(keptValues({ cpuPercent: 12.345, memoryPercent: 40, temperature: 51.26 })).toEqual({
      cpuPercent: 12.3,
      memoryPercent: 40,
      temperature: 51.3,
    });
    expect(keptValues({ temperature: 'no sensor' })).toEqual({ temperature: 'no sensor' });
    expect(keptValues({})).toEqual({});
  });

  it.each([
    '',
    '{',
    '[]',
    '{"record": 2}',
    JSON.stringify({ ...RECORD, record: 2 }),
    JSON.stringify({ ...RECORD, began: 'yesterday' }),
    JSON.stringify({ ...RECORD, children: [{ machine: 'pc-11' }] }),
  ])('%j is none', (text) => {
    expect(() => parseRecord(text, 'runs/x.json')).toThrow(/runs\/x\.json is no record of a run/);
  });
});
