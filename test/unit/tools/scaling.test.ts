import { describe, expect, it } from 'vitest';
import {
  askScaling,
  getPodsAt,
  isSelected,
  parseEndpoints,
  parseRoutedServices,
  parseScaling,
} from '../../../src/tools/scaling.js';
import { result } from './results.js';
import { assertShellSyntax } from './shell-syntax.js';

const k = { binary: '/opt/kmon/bin/kubectl', kubeconfig: '/etc/kubernetes/admin.conf' };

describe('what is asked', () => {
  it('is one command for all kinds, whatever the namespace is called', () => {
    const command = askScaling(k, "re'd;id");
    expect(command.effect).toBe('reads');
    assertShellSyntax(command);
    expect(command.script.match(/get --raw/g)).toHaveLength(6);
    expect(command.script).toContain(String.raw`/namespaces/re'\''d%3Bid/`);
    expect(getPodsAt(k, '10.244.1.7').script).toContain('fieldSelector=status.podIP%3D10.244.1.7');
  });
});

describe('Services', () => {
  it('are told with what leads to them, and to what they lead', () => {
    const items = [
      {
        metadata: { name: 'web', namespace: 'red' },
        spec: {
          type: 'NodePort',
          clusterIP: '10.96.0.9',
          selector: { app: 'web' },
          ports: [
            { name: 'http', port: 80, nodePort: 31080, protocol: 'TCP' },
            { port: 53, protocol: 'UDP' },
          ],
        },
      },
      { metadata: { name: 'none', namespace: 'red' }, spec: { clusterIP: 'None' } },
      {
        metadata: { name: 'far', namespace: 'red' },
        spec: { type: 'ExternalName', externalName: 'example.com' },
      },
      {},
    ];
    expect(parseRoutedServices(result({ items }))).toEqual([
      {
        ...{ namespace: 'red', name: 'web', address: '10.96.0.9', selector: { app: 'web' } },
        ports: [{ name: 'http', port: 80, nodePort: 31080 }],
      },
      { namespace: 'red', name: 'none', selector: {}, ports: [] },
      { namespace: 'red', name: 'far', standsFor: 'example.com', selector: {}, ports: [] },
      { namespace: '', name: '', selector: {}, ports: [] },
    ]);
  });

  it('have addresses behind them, of every kind, each once', () => {
    const items = [
      { addressType: 'IPv4', endpoints: [{ addresses: ['10.244.1.7'] }, { addresses: ['10.244.1.8'] }] },
      { addressType: 'IPv6', endpoints: [{ addresses: ['2001:db8::1'] }] },
      { addressType: 'IPv4', endpoints: [{ addresses: ['10.244.1.7'] }, {}] },
      { addressType: 'FQDN', endpoints: [{ addresses: ['example.com'] }] },
      { endpoints: null },
    ];
    expect(parseEndpoints(result({ items })).map((e) => e.address)).toEqual([
      '10.244.1.7',
      '10.244.1.8',
      '2001:db8::1',
      'example.com',
    ]);
  });

  it('lead to the ports of every slice', () => {
    const slice = (port: number, ...addresses: readonly string[]): object => ({
      endpoints: [{ addresses }],
      ports: [{ port }, { name: 'none' }],
    });
    const items = [slice(8080, '10.244.1.7', '10.244.1.8'), slice(9100, '10.244.1.7'), {}];
    expect(parseEndpoints(result({ items }))).toEqual([
      { address: '10.244.1.7', ports: [8080, 9100] },
      { address: '10.244.1.8', ports: [8080] },
    ]);
  });
});

const told = (parts: Readonly<Record<string, object>>): string =>
  Object.entries(parts)
    .map(([kind, part]) => `@@kmon ${kind}\n${JSON.stringify(part)}\n`)
    .join('');
const pods = (labels: object) => ({ template: { metadata: { labels } } });

describe('what scales', () => {
  it('is told kind by kind', () => {
    const stdout = told({
      deployments: {
        items: [
          {
            metadata: { name: 'web' },
            spec: { replicas: 3, ...pods({ app: 'web' }) },
            status: { readyReplicas: 2 },
          },
          { metadata: { name: 'asleep' }, spec: { replicas: 0, ...pods({ app: 'asleep' }) }, status: {} },
        ],
      },
      statefulsets: { items: null },
      daemonsets: {
        items: [
          {
            metadata: { name: 'each' },
            spec: pods({ app: 'each' }),
            status: { desiredNumberScheduled: 2, numberReady: 2 },
          },
        ],
      },
      replicasets: {
        items: [
          {
            metadata: { name: 'web-1', ownerReferences: [{ kind: 'Deployment' }] },
            spec: pods({ app: 'web' }),
          },
          { metadata: { name: 'bare' }, spec: { replicas: 1, ...pods({ app: 'bare' }) } },
        ],
      },
    });
    expect(parseScaling(result(stdout)).workloads).toEqual([
      { kind: 'Deployment', name: 'web', labels: { app: 'web' }, wanted: 3, ready: 2 },
      { kind: 'Deployment', name: 'asleep', labels: { app: 'asleep' }, wanted: 0, ready: 0 },
      { kind: 'DaemonSet', name: 'each', labels: { app: 'each' }, wanted: 2, ready: 2 },
      { kind: 'ReplicaSet', name: 'bare', labels: { app: 'bare' }, wanted: 1, ready: 0 },
    ]);
  });

  const hpa = (metrics: readonly object[], currentMetrics: readonly object[] | null) => ({
    items: [
      {
        metadata: { name: 'web' },
        spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 4, metrics },
        status: { currentReplicas: 1, desiredReplicas: 4, currentMetrics },
      },
    ],
  });
  const cpu = (place: string, value: object) => ({
    type: 'Resource',
    resource: { name: 'cpu', [place]: value },
  });

  it.each([
    [
      'percent',
      hpa(
        [cpu('target', { averageUtilization: 60 })],
        [cpu('current', { averageUtilization: 180, averageValue: '90m' })],
      ),
      ['cpu 180 % of 60 %'],
    ],
    [
      'percent that nobody measures yet',
      hpa([cpu('target', { averageUtilization: 60 })], null),
      ['cpu ? % of 60 %'],
    ],
    [
      'an amount',
      hpa([cpu('target', { averageValue: '100m' })], [cpu('current', { averageValue: '250m' })]),
      ['cpu 250m of 100m'],
    ],
    [
      'a metric of the pods, and an entry that says nothing',
      hpa(
        [{ type: 'Pods', pods: { metric: { name: 'rps' }, target: { averageValue: '10' } } }],
        [{ type: '' }, { type: 'Pods', pods: { metric: { name: 'rps' }, current: { averageValue: '12' } } }],
      ),
      ['rps 12 of 10'],
    ],
  ])('has an autoscaler that goes by %s', (_, part, metrics) => {
    expect(parseScaling(result(told({ horizontalpodautoscalers: part }))).autoscalers).toEqual([
      {
        ...{ name: 'web', of: { kind: 'Deployment', name: 'web' } },
        ...{ least: 1, most: 4, current: 1, desired: 4, metrics },
      },
    ]);
  });

  it.each([
    [['12345678n', '500u', '250m', '2'], 2.262_845_678],
    [['1.5'], 1.5],
    [['', 'much', '-3m', '3Ki', '1e3'], 0],
    [[], 0],
  ])('uses, in containers of %j, %d processors', (quantities, cores) => {
    const containers = quantities.map((cpu) => ({ usage: { cpu } }));
    const part = { items: [{ metadata: { labels: { app: 'web' } }, containers }] };
    const [use] = parseScaling(result(told({ pods: part }))).uses;
    expect(use?.labels).toEqual({ app: 'web' });
    expect(use?.cores).toBeCloseTo(cores, 9);
  });

  it('is nothing where the API told nothing', () => {
    expect(parseScaling(result('@@kmon deployments\n\n@@kmon horizontalpodautoscalers\n\n'))).toEqual({
      workloads: [],
      autoscalers: [],
      uses: [],
    });
  });
});

it.each([
  [{ app: 'web' }, { app: 'web', tier: '1' }, true],
  [{ app: 'web', tier: '1' }, { app: 'web' }, false],
  [{ app: 'web' }, { app: 'shop' }, false],
  [{}, { app: 'web' }, false],
])('%j selects %j: %s', (selector, labels, selected) => {
  expect(isSelected(selector, labels)).toBe(selected);
});
