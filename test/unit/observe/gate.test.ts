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

  it('keeps percentages between 0 and 100 and drops what is no number', () => {
    const sample = (query: string, value: number) => ({
      labels: { kmon_query: query, node: 'a' },
      value,
      at: 1,
    });
    const samples = [sample('up', 1), sample('cpu', -0.2), sample('memory', NaN), sample('load1', Infinity)];
    expect(readRoom([{ kind: 'vector', samples }])).toEqual(of({ a: { up: true, cpuPercent: 0 } }));
    expect(readRoom([{ kind: 'vector', samples: [sample('up', 1), sample('cpu', 100.3)] }])).toEqual(
      of({ a: { up: true, cpuPercent: 100 } }),
    );
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
  ])('stays shut for %j', (metrics, lacks, because) => {
    expect(metricGate(['a'], of({ a: metrics }))).toMatchObject({ open: false, rows: [{ lacks, because }] });
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
