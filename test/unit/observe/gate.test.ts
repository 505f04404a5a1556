import { describe, expect, it } from 'vitest';
import { metricGate } from '../../../src/observe/gate.js';
import { readRoom, roomQuestions, type MachineMetrics } from '../../../src/observe/room-metrics.js';
import { parseAnswers } from '../../../src/tools/prometheus.js';
import { recorded } from './recorded.js';

const room = readRoom(parseAnswers(recorded('room'), 2));
const of = (metrics: Readonly<Record<string, MachineMetrics>>): ReturnType<typeof readRoom> => ({
  kind: 'metrics',
  metrics: new Map(Object.entries(metrics)),
});

describe('readRoom', () => {
  it('asks as many questions as it reads answers', () => {
    expect(roomQuestions({ scrapeIntervalSeconds: 5 })).toHaveLength(2);
  });

  it('gathers the metrics of each machine', () => {
    expect(room.kind === 'metrics' ? Object.fromEntries(room.metrics) : {}).toEqual({
      parent: {
        up: true,
        cpuPercent: 85.20000000000194,
        memoryPercent: 4.533026220458492,
        load1: 6.93,
      },
      'child-1': {
        up: true,
        cpuPercent: 85.20000000000194,
        memoryPercent: 3.74748360117394,
        load1: 6.93,
        celsius: 55,
      },
      'child-2': {
        up: true,
        cpuPercent: 84.76666666666823,
        memoryPercent: 3.8034386854298496,
        load1: 6.93,
        celsius: 47,
      },
      'child-3': { up: false, lastError: 'connection refused' },
    });
  });

  it('keeps percentages between 0 and 100, and tells what cannot be from what is not there', () => {
    const sample = (query: string, value: number) => ({
      labels: { kmon_query: query, node: 'a' },
      value,
      at: 1,
    });
    const read = (...samples: readonly ReturnType<typeof sample>[]): ReturnType<typeof readRoom> =>
      readRoom([{ kind: 'vector', samples: [sample('up', 1), ...samples] }]);
    expect(read(sample('cpuRead', -0.2), sample('memoryRead', NaN), sample('load1Read', Infinity))).toEqual(
      of({ a: { up: true, cpuPercent: 0, lies: { memoryPercent: NaN, load1: Infinity } } }),
    );
    expect(read(sample('cpuRead', 100.3))).toEqual(of({ a: { up: true, cpuPercent: 100 } }));
    expect(read(sample('cpuRead', -312), sample('memoryRead', 140), sample('load1Read', -1))).toEqual(
      of({ a: { up: true, lies: { cpuPercent: -312, memoryPercent: 140, load1: -1 } } }),
    );
    expect(read(sample('observedCpuRead', 1e9), sample('observedMemoryRead', -5))).toEqual(
      of({ a: { up: true, lies: { cpuPercent: 1e9, memoryPercent: -5 } } }),
    );
    expect(read(sample('temperatureRead', -263))).toEqual(of({ a: { up: true, lies: { celsius: -263 } } }));
    // Of several sensors the sane one counts.
    for (const both of [
      [sample('temperatureRead', 3_892_314), sample('temperature', 47)],
      [sample('temperature', 47), sample('temperatureRead', 3_892_314)],
    ])
      expect(read(...both)).toEqual(of({ a: { up: true, celsius: 47 } }));
  });

  it('is silent when Prometheus is', () => {
    expect(readRoom(parseAnswers(recorded('no-service'), 2))).toEqual({
      kind: 'silent',
      because: 'services "other" not found',
    });
  });
});

describe('metricGate', () => {
  it('opens when every machine has an answer, a CPU and a memory value; a sensor is not needed', () => {
    const gate = metricGate(['parent', 'child-1', 'child-2'], room);
    expect(gate.open).toBe(true);
    expect(gate.rows.map((r) => [r.machine, r.temperature, r.lacks])).toEqual([
      ['parent', 'no sensor', []],
      ['child-1', 55, []],
      ['child-2', 47, []],
    ]);
  });

  it('names the machine and the reason', () => {
    const gate = metricGate(['child-1', 'child-3', 'child-9'], room);
    expect(gate.open).toBe(false);
    expect(gate.rows.map((r) => r.because)).toEqual([
      undefined,
      'its exporter does not answer: connection refused',
      'Prometheus has not asked it yet',
    ]);
    expect(gate.rows.map((r) => r.lacks)).toEqual([[], ['answer'], ['target']]);
    expect(gate.rows[1]).not.toHaveProperty('temperature');
  });

  it.each([
    [{ up: true, memoryPercent: 5 }, ['cpu'], 'no CPU value yet'],
    [{ up: true, cpuPercent: 5 }, ['memory'], 'no memory value yet'],
    [{ up: true }, ['cpu', 'memory'], 'no CPU and no memory value yet'],
    [{ up: false }, ['answer'], 'its exporter does not answer'],
    [
      { up: true, memoryPercent: 5, lies: { cpuPercent: -312.04 } },
      ['cpu'],
      'its CPU reading cannot be (-312 %)',
    ],
    [
      { up: true, lies: { memoryPercent: NaN } },
      ['cpu', 'memory'],
      'its memory reading cannot be (NaN %), no CPU value yet',
    ],
  ])('stays shut for %j', (metrics, lacks, because) => {
    expect(metricGate(['a'], of({ a: metrics }))).toMatchObject({ open: false, rows: [{ lacks, because }] });
  });

  it('opens for a machine whose sensor lies', () => {
    const gate = metricGate(
      ['a'],
      of({ a: { up: true, cpuPercent: 1, memoryPercent: 2, lies: { celsius: 0 } } }),
    );
    expect(gate).toMatchObject({ open: true, rows: [{ temperature: 'sensor lies' }] });
  });

  it('is shut for everybody when Prometheus is silent', () => {
    const gate = metricGate(['a', 'b'], { kind: 'silent', because: 'no endpoints' });
    expect(gate.open).toBe(false);
    expect(gate.rows.map((r) => r.because)).toEqual([
      'Prometheus does not answer: no endpoints',
      'Prometheus does not answer: no endpoints',
    ]);
  });
});
