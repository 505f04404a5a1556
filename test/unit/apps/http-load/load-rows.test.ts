import { describe, expect, it } from 'vitest';
import { loadFile, makeLoadRecord } from '../../../../src/apps/http-load/load-record.js';
import { podsPattern, rowOf, scalingOf } from '../../../../src/apps/http-load/load-rows.js';
import type { LoadSample, LoadStep } from '../../../../src/apps/http-load/load-rows.js';
import type { ScaledWorkload } from '../../../../src/tools/scaling.js';
import { httpLoadText } from '../../../../src/ui/http-load-text.js';

const web: ScaledWorkload = { kind: 'Deployment', name: 'web', labels: { app: 'web' }, wanted: 3, ready: 1 };
const autoscaler = {
  ...{ name: 'web', of: { kind: 'Deployment', name: 'web' }, least: 1, most: 4, current: 1, desired: 3 },
  metrics: ['cpu 180 % of 60 %'],
};

const sample = (ready: number, wanted: number, more: Partial<LoadSample> = {}): LoadSample => ({
  ...{ atSeconds: 0, replicas: { ready, wanted }, cpuPercent: {} },
  ...more,
});
const wants = (desired: number) => ({
  autoscaler: { name: 'web', desired, most: 4, metrics: [`cpu ${desired * 60} % of 60 %`] },
});

const STEPS: readonly LoadStep[] = [
  { connections: 0, seconds: 30, samples: [sample(1, 1, wants(1))] },
  {
    ...{ connections: 50, seconds: 30, generatorPercent: 12 },
    report: {
      ...{ seconds: 30, requests: 4226, answered: 4213, kept: 4213, p50Ms: 4.11, p95Ms: 8.13, p99Ms: 211.4 },
      statuses: { 200: 4200, 503: 13 },
      errors: [{ because: 'connection refused', count: 13 }],
    },
    samples: [
      sample(1, 1, { ...wants(1), cpuPercent: { 'pc-11': 20, 'pc-12': 10 } }),
      sample(1, 3, wants(3)),
      sample(2, 3, { ...wants(2), podsCores: 0.5 }),
      sample(2, 3, { cpuPercent: { 'pc-11': 88.4, 'pc-12': 90.6 } }),
      sample(3, 4),
    ],
  },
  {
    ...{ connections: 100, seconds: 30, generatorPercent: 97 },
    report: { seconds: 30, requests: 9, answered: 9, kept: 9, p50Ms: 900, statuses: { 200: 9 }, errors: [] },
    samples: [sample(3, 3), sample(4, 4), sample(5, 5), sample(4, 4), sample(3, 3), sample(2, 2)],
  },
];

describe('the rows of a load', () => {
  it('have the numbers of the generator, and how all else followed', () => {
    expect(STEPS.map(rowOf)[1]).toEqual({
      ...{ connections: 50, seconds: 30, requests: 4226, p50Ms: 4.11, p95Ms: 8.13, p99Ms: 211.4 },
      answersPerSecond: 4213 / 30,
      errors: 26,
      errorsBy: [
        { because: 'connection refused', count: 13 },
        { because: 'status 503', count: 13 },
      ],
      statuses: { 200: 4200, 503: 13 },
      replicas: [1, 2, 3],
      replicasWanted: 4,
      autoscaler: { name: 'web', wants: 3, most: 4, metrics: ['cpu 180 % of 60 %'] },
      podsCores: 0.5,
      busiest: { machine: 'pc-12', cpuPercent: 90.6 },
      generatorPercent: 12,
    });
  });

  it('say nothing of what is not known', () => {
    expect(rowOf({ connections: 0, seconds: 5, samples: [{ atSeconds: 0, cpuPercent: {} }] })).toEqual({
      ...{
        connections: 0,
        seconds: 5,
        requests: null,
        answersPerSecond: null,
        p50Ms: null,
        p95Ms: null,
        p99Ms: null,
      },
      ...{ errors: null, errorsBy: [], statuses: {}, replicas: [], replicasWanted: null, autoscaler: null },
      ...{ podsCores: null, busiest: null, generatorPercent: null },
    });
  });

  it('are a table, with what errors there were and what makes it worth less', () => {
    expect(httpLoadText(STEPS.map(rowOf)).split('\n')).toEqual([
      'connections  answers/s  p50 ms  p95 ms  p99 ms  errors    replicas  pods CPU  busiest machine  autoscaler',
      '          0          -       -       -       -       -           1         -  -                wants 1 of at most 4: cpu 60 % of 60 %',
      '         50        140     4.1     8.1     211      26  1→2→3 of 4      0.50  pc-12 91 %       wants 3 of at most 4: cpu 180 % of 60 %',
      '        100        0.3     900       -       -       0       3→5→2         -  -                -',
      'errors with 50: connection refused (13), status 503 (13)',
      'with 100 the machine that asks was at its own limit: the application may give more than the table says',
    ]);
  });
});

describe('what is about a Service', () => {
  const service = { selector: { app: 'web' } };

  it('is what makes its pods, and the autoscaler of that', () => {
    const other = { ...web, name: 'other', labels: { app: 'other' }, wanted: 9, ready: 9 };
    const uses = [
      { labels: { app: 'web' }, cores: 0.5 },
      { labels: { app: 'web', tier: '1' }, cores: 0.25 },
      { labels: { app: 'other' }, cores: 4 },
    ];
    const blue = { ...autoscaler, name: 'blue', of: { kind: 'Deployment', name: 'other' } };
    expect(scalingOf(service, { workloads: [web, other], autoscalers: [blue, autoscaler], uses })).toEqual({
      podsCores: 0.75,
      replicas: { ready: 1, wanted: 3 },
      autoscaler: { name: 'web', desired: 3, most: 4, metrics: ['cpu 180 % of 60 %'] },
    });
  });

  it('is all that makes its pods together, and nothing where that is nothing', () => {
    const canary = { ...web, name: 'canary', wanted: 1, ready: 1 };
    expect(scalingOf(service, { workloads: [web, canary], autoscalers: [], uses: [] })).toEqual({
      replicas: { ready: 2, wanted: 4 },
    });
    expect(scalingOf({ selector: {} }, { workloads: [web], autoscalers: [autoscaler], uses: [] })).toEqual(
      {},
    );
  });

  it('has pods by these names', () => {
    const pattern = podsPattern([
      web,
      { kind: 'StatefulSet', name: 'a.b' },
      { kind: 'DaemonSet', name: 'each' },
    ]);
    expect(pattern).toBe(String.raw`web-[a-z0-9]+-[a-z0-9]+|a\\.b-[0-9]+|each-[a-z0-9]+`);
  });
});

it('is kept in a file whose name is its time, with version, rows and how it went', () => {
  const began = new Date('2026-11-30T14:00:00.000Z');
  expect(loadFile('/srv/atelier-1/.kmon', began)).toBe(
    '/srv/atelier-1/.kmon/runs/2026-11-30T14-00-00.000Z-load.json',
  );
  const record = makeLoadRecord(
    {
      ...{ version: '1.0.0', who: { user: 'ada', computer: 'desk' }, room: 'atelier-1' },
      ...{ began: began.toISOString(), ended: '2026-11-30T14:01:30.000Z', exitCode: 0 },
      load: { url: 'http://web.red/', from: 'pc-10', steps: [0, 50, 100], seconds: 30, generator: 'hey' },
      ...{ end: 'over', why: 'it ended as it was to' },
    },
    STEPS,
  );
  expect(record).toMatchObject({ record: 1, command: 'load', end: 'over' });
  expect(record.steps.map((s) => [s.connections, s.samples.length])).toEqual([
    [0, 1],
    [50, 5],
    [100, 6],
  ]);
});
