import { describe, expect, it } from 'vitest';
import { HTTP_LOAD } from '../../support/sample-lesson.js';
import { parseLoadRecord } from '../../../src/lesson/load-records.js';

const STRESS = {
  record: 1,
  command: 'stress',
  version: '1.2.3',
  who: { user: 'ada', computer: 'desk' },
  room: 'atelier-1',
  began: '2026-11-30T09:00:00.000Z',
  ended: '2026-11-30T09:02:00.000Z',
  exitCode: 0,
  load: { model: 'ramp', text: 'ramp, 80 % CPU for 60 s', seconds: 60, team: 'red' },
  children: [
    {
      machine: 'pc-11',
      before: { cpuPercent: 3, temperature: 'no sensor' },
      peak: { cpuPercent: 84, memoryPercent: 33 },
      after: {},
      end: 'cut-off',
      why: 'at 90 °C, the limit is 90 °C',
    },
  ],
};

describe('a record of a load', () => {
  it('of kmon stress is read', () => {
    const nothing = { cpuPercent: null, memoryPercent: null, temperature: null };
    expect(parseLoadRecord('a.json', JSON.stringify(STRESS))).toEqual({
      file: 'a.json',
      command: 'stress',
      startedAt: '2026-11-30T09:00:00.000Z',
      endedAt: '2026-11-30T09:02:00.000Z',
      who: 'ada@desk',
      text: 'ramp, 80 % CPU for 60 s',
      team: 'red',
      maxCelsius: null,
      exitCode: 0,
      machines: [
        {
          machine: 'pc-11',
          from: null,
          until: null,
          before: { ...nothing, cpuPercent: 3, temperature: 'no sensor' },
          peak: { ...nothing, cpuPercent: 84, memoryPercent: 33 },
          after: nothing,
          end: 'cut-off',
          why: 'at 90 °C, the limit is 90 °C',
        },
      ],
      from: null,
      end: null,
      why: null,
      steps: [],
    });
  });

  it('of before does not give what is behind a question mark', () => {
    const url = 'http://web.red/a?token=hunter2&x=1';
    const text = JSON.stringify({ ...HTTP_LOAD, load: { ...HTTP_LOAD.load, url }, why: `${url} is gone` });
    expect(parseLoadRecord('b.json', text)).toMatchObject({
      text: 'http://web.red/a?…',
      why: 'http://web.red/a?… is gone',
    });
  });

  it('of kmon load is read', () => {
    const read = parseLoadRecord('b.json', JSON.stringify(HTTP_LOAD));
    expect(read).toMatchObject({
      command: 'load',
      text: 'http://192.0.2.10:30080/',
      from: 'pc-10',
      end: 'over',
      machines: [],
      steps: [
        {
          connections: 10,
          answersPerSecond: 999.6,
          p95Ms: 12.4,
          replicas: [1, 2, 4],
          busiest: { machine: 'pc-11' },
        },
        {
          connections: 0,
          answersPerSecond: null,
          p50Ms: null,
          errors: null,
          replicas: [4, 1],
          busiest: null,
        },
      ],
    });
  });

  it.each([
    ['no JSON', '{"record": 1,', 'unreadable'],
    ['a list', '[]', 'unreadable'],
    ['nothing', '', 'unreadable'],
    ['a number', '7', 'unreadable'],
    ['of a newer kmon', JSON.stringify({ ...STRESS, record: 2 }), 'of a newer kmon'],
    ['something else', '{"record":"one","command":"stress"}', 'of an unknown kind'],
    ['without a command', '{"record":1}', 'of an unknown kind'],
  ])('that is %s is told', (_, text, told) => {
    expect(parseLoadRecord('a.json', text)).toBe(told);
  });

  it('of a command that is not known yet gives what is understood', () => {
    const text = JSON.stringify({
      record: 1,
      command: 'soak',
      began: 'today',
      who: 'ada',
      children: [{}, { machine: 'pc-11', peak: { cpuPercent: 'hot', temperature: 'melts' } }],
    });
    expect(parseLoadRecord('a.json', text)).toMatchObject({
      command: 'soak',
      startedAt: null,
      who: null,
      text: '',
      machines: [{ machine: 'pc-11', end: null, peak: { cpuPercent: null, temperature: null } }],
    });
  });
});
