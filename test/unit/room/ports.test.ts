import { describe, expect, it } from 'vitest';
import { ADDON_NAMES } from '../../../src/config/sections/addons.js';
import { WATCHED_PORTS } from '../../../src/facts/script.js';
import { FIXED_PORTS, neededPorts, portClashes, reachedPorts } from '../../../src/room/ports.js';
import type { PortClash, PortSettings } from '../../../src/room/ports.js';
import { CHILD, PARENT, sampleConfig } from '../../support/sample-room.js';

const config = sampleConfig();
const { monitoring, kubernetes } = config;
const nodePorts = [monitoring.prometheusNodePort, monitoring.grafanaNodePort];
const withGrafana = { ...config, monitoring: { ...monitoring, grafana: true } };
const numbers = (ports: readonly { readonly port: number }[]): readonly number[] => ports.map((p) => p.port);

it('tells what others must reach, on the parent and on a child', () => {
  expect(numbers(reachedPorts(PARENT, withGrafana))).toEqual([6443, 10250, 9100, ...nodePorts, 8472]);
  expect(reachedPorts(CHILD, config)).toEqual([
    { protocol: 'tcp', port: 10250 },
    { protocol: 'tcp', port: 9100 },
    { protocol: 'udp', port: 8472 },
  ]);
});

describe('ports that two want', () => {
  const row = { protocol: 'tcp', on: 'all', by: [], reached: true, severity: 'hurts' } as const;
  const table = {
    exporter: { ...row, port: 9100 },
    grafana: { ...row, port: (s: PortSettings) => (s.monitoring.grafana ? 30_300 : undefined) },
    web: { ...row, port: 80, addon: 'ingress' },
    other: { ...row, port: 80, addon: 'proxy' },
    words: { ...row, protocol: 'udp', port: 80, addon: 'names' },
    shown: { ...row, port: 30_300, addon: 'dashboard' },
    asked: { ...row, port: 9100, addon: 'blackbox' },
  } as const;
  const clashes = (...addons: readonly string[]): readonly PortClash[] =>
    portClashes(addons, { kubernetes, monitoring: { ...monitoring, grafana: true } }, table);

  it.each([
    ['nobody', [], []],
    ['one alone', ['ingress'], []],
    ['two', ['ingress', 'proxy'], [{ addon: 'proxy', port: 80, with: 'ingress' }]],
    ['the same two', ['proxy', 'ingress'], [{ addon: 'ingress', port: 80, with: 'proxy' }]],
    ['two of other protocols', ['ingress', 'names'], []],
    ['one and the workshop', ['blackbox'], [{ addon: 'blackbox', port: 9100, with: 'exporter' }]],
    ['one and a setting', ['dashboard'], [{ addon: 'dashboard', port: 30_300, with: 'grafana' }]],
  ])('%s', (_, addons, wanted) => {
    expect(clashes(...addons)).toEqual(wanted);
  });

  it('are none where the setting is off', () => {
    const off = { kubernetes, monitoring: { ...monitoring, grafana: false } };
    expect(portClashes(['dashboard'], off, table)).toEqual([]);
  });

  it('are none in the catalogue as it is', () => {
    expect(portClashes(ADDON_NAMES, { kubernetes, monitoring })).toEqual([]);
  });
});

it('names a port once, also where two settings have the same', () => {
  const same = { ...monitoring, grafana: true, grafanaNodePort: monitoring.prometheusNodePort };
  const ports = numbers(reachedPorts(PARENT, { addons: [], kubernetes, monitoring: same }));
  expect(ports).toEqual([...new Set(ports)]);
});

it('needs the port of an overlay only where there is one, and that of Grafana only with it', () => {
  const none = { ...config, kubernetes: { ...kubernetes, network: 'routes' as const } };
  const flannel = { ...config, kubernetes: { ...kubernetes, network: 'flannel' as const } };
  expect(numbers(neededPorts(CHILD, flannel))).toEqual([10248, 10250, 10256, 10249, 9100, 8472]);
  const vxlan = { ...config, kubernetes: { ...kubernetes, network: 'vxlan' as const } };
  expect(neededPorts(CHILD, vxlan)).toEqual(neededPorts(CHILD, flannel));
  expect(numbers(neededPorts(CHILD, none))).toEqual([10248, 10250, 10256, 10249, 9100]);
  const bare = { ...none, monitoring: { ...monitoring, grafana: false } };
  expect(numbers(neededPorts(PARENT, bare))).not.toContain(monitoring.grafanaNodePort);
});

it('is what the facts look for', () => {
  expect(WATCHED_PORTS).toEqual(expect.arrayContaining([...FIXED_PORTS]));
  expect(FIXED_PORTS).toEqual([
    2379, 2380, 2381, 6443, 8472, 9100, 10248, 10249, 10250, 10256, 10257, 10259, 30080, 30081, 30082, 30500,
    30501,
  ]);
});

it('has the port of an add-on where kmon.yaml lists it, and on the parent alone', () => {
  const none = { kubernetes, monitoring, addons: [] };
  for (const [addon, ports] of [
    ['ingress', [30080]],
    ['registry', [30500, 30501]],
    ['dockercoins', [30082]],
  ] as const) {
    const listed = { ...none, addons: [addon] };
    expect(numbers(neededPorts(PARENT, listed))).toEqual(expect.arrayContaining([...ports]));
    for (const port of ports) {
      expect(numbers(neededPorts(CHILD, listed))).not.toContain(port);
      expect(numbers(neededPorts(PARENT, none))).not.toContain(port);
    }
  }
});
