import { describe, expect, it } from 'vitest';
import { roomStatus } from '../../../src/observe/room-status.js';
import { readRoom } from '../../../src/observe/room-metrics.js';
import { temperatureText } from '../../../src/observe/sensors.js';
import type { ClusterNode } from '../../../src/tools/kubernetes-objects.js';
import { parseAnswers } from '../../../src/tools/prometheus.js';
import { recorded } from './recorded.js';

const room = {
  name: 'atelier-1',
  parent: { name: 'parent', address: '10.9.0.10', role: 'parent' as const },
  children: [
    { name: 'child-1', address: '10.9.0.11', role: 'child' as const, team: 'red' },
    { name: 'child-3', address: '10.9.0.13', role: 'child' as const },
    { name: 'child-9', address: '10.9.0.19', role: 'child' as const },
  ],
  observed: [],
};
const node = (name: string, more: Partial<ClusterNode> = {}): ClusterNode => ({
  name,
  state: 'ready',
  cordoned: false,
  pressures: [],
  roles: [],
  labels: {},
  kubeletVersion: 'v1.36.3',
  createdAt: '',
  ...more,
});
const metrics = readRoom(parseAnswers(recorded('room'), 2));

describe('roomStatus', () => {
  it('puts together what the cluster and Prometheus know, in the order of the room', () => {
    const nodes = [
      node('child-3', { state: 'not-ready', because: 'no network', cordoned: true }),
      node('child-1'),
      node('parent'),
    ];
    const nothing = { cpuPercent: null, memoryPercent: null, load1: null, temperature: null };
    expect(roomStatus(room, nodes, metrics)).toEqual([
      {
        machine: 'parent',
        address: '10.9.0.10',
        role: 'parent',
        team: null,
        kubernetes: 'ready',
        cordoned: false,
        pressures: [],
        because: null,
        cpuPercent: 85.20000000000194,
        memoryPercent: 4.533026220458492,
        load1: 6.93,
        temperature: 'no sensor',
      },
      {
        machine: 'child-1',
        address: '10.9.0.11',
        role: 'child',
        team: 'red',
        kubernetes: 'ready',
        cordoned: false,
        pressures: [],
        because: null,
        cpuPercent: 85.20000000000194,
        memoryPercent: 3.74748360117394,
        load1: 6.93,
        temperature: 55,
      },
      {
        machine: 'child-3',
        address: '10.9.0.13',
        role: 'child',
        team: null,
        kubernetes: 'not-ready',
        cordoned: true,
        pressures: [],
        because: 'no network',
        ...nothing,
      },
      {
        machine: 'child-9',
        address: '10.9.0.19',
        role: 'child',
        team: null,
        kubernetes: 'absent',
        cordoned: false,
        pressures: [],
        because: 'not in the cluster: run `kmon join-child --only child-9`',
        ...nothing,
      },
    ]);
  });

  it('is a table of what is not known when nobody answers', () => {
    const rows = roomStatus(room, undefined, { kind: 'silent', because: 'refused' });
    expect(rows.map((r) => r.kubernetes)).toEqual(Array(4).fill('no answer'));
    expect(rows.map((r) => r.because)).toEqual(Array(4).fill('Prometheus does not answer: refused'));
  });

  it('says nothing of Prometheus where monitoring is not deployed', () => {
    expect(roomStatus(room, [node('parent')], undefined)[0]).toMatchObject({
      kubernetes: 'ready',
      because: null,
      temperature: null,
    });
  });

  it('tells which readings cannot be, and shows no number for them', () => {
    const lies = { cpuPercent: -3, celsius: 3_892_314, load1: Infinity };
    const answer = {
      kind: 'metrics',
      metrics: new Map([['parent', { up: true, memoryPercent: 5, lies }]]),
    } as const;
    expect(roomStatus(room, [node('parent')], answer)[0]).toMatchObject({
      cpuPercent: null,
      memoryPercent: 5,
      load1: null,
      temperature: 'sensor lies',
      because: 'its CPU reading cannot be (-3 %), its load reading cannot be (Infinity)',
    });
  });

  it('tells why a ready node has no metrics', () => {
    expect(roomStatus(room, [node('child-3')], metrics)[2]).toMatchObject({
      kubernetes: 'ready',
      because: 'connection refused',
    });
  });
});

describe('an observed computer', () => {
  const watching = {
    ...room,
    observed: [
      { name: 'child-1', address: '10.9.0.30', exporterPort: 9182, team: 'red' },
      { name: 'child-3', address: '10.9.0.31', exporterPort: 9100 },
    ],
  };
  const last = (answer: Parameters<typeof roomStatus>[2]): readonly object[] =>
    roomStatus(watching, [node('parent')], answer).slice(-2);

  it('is the end of the table, with what its exporter knows', () => {
    // The recorded answer has no observed computers: it lends them the values of two machines.
    expect(last(metrics)).toEqual([
      {
        machine: 'child-1',
        address: '10.9.0.30',
        role: 'observed',
        team: 'red',
        kubernetes: 'no node',
        cordoned: false,
        pressures: [],
        because: null,
        cpuPercent: 85.20000000000194,
        memoryPercent: 3.74748360117394,
        load1: null,
        temperature: null,
      },
      expect.objectContaining({ machine: 'child-3', cpuPercent: null, because: 'connection refused' }),
    ]);
  });

  it('says what is short on a machine that is Ready and takes no pods', () => {
    const nodes = [node('child-1', { pressures: ['DiskPressure', 'NewPressure'] })];
    expect(roomStatus(room, nodes, undefined)[1]).toMatchObject({
      kubernetes: 'ready',
      pressures: ['DiskPressure', 'NewPressure'],
      because:
        'its disk is nearly full and NewPressure: it takes no new pods, and gives up those that it has, until there is room',
    });
  });

  it('says that nobody can be asked', () => {
    expect(last({ kind: 'silent', because: 'refused' })[0]).toMatchObject({
      because: 'Prometheus does not answer: refused',
    });
    expect(last(undefined)[0]).toMatchObject({ because: null, cpuPercent: null });
  });
});

describe('temperatureText', () => {
  it.each([
    [46.6, '47 °C'],
    [0, '0 °C'],
    ['no sensor' as const, 'no sensor'],
    ['sensor lies' as const, 'sensor lies'],
    [undefined, '-'],
  ])('writes %s as %s', (temperature, text) => {
    expect(temperatureText(temperature)).toBe(text);
  });
});
