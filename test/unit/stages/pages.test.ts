import { describe, expect, it } from 'vitest';
import { SeenByStage } from '../../../src/engine/results.js';
import { askDashboard, askPages, placeOf } from '../../../src/stages/cluster/pages.js';
import type { PagesSeen } from '../../../src/stages/cluster/pages.js';
import { PARENT, sampleConfig } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import { play } from './stage-run.js';

const service = (name: string, spec: object, labels: object = {}) => ({ metadata: { name, labels }, spec });
const ANSWER = JSON.stringify({
  items: [
    service('kmon-prometheus', {
      clusterIP: '10.96.0.7',
      ports: [{ name: 'http', port: 9090, nodePort: 30090 }],
    }),
    service('without-ports', { clusterIP: 'None' }),
    service('kmon-alertmanager', {
      clusterIP: '10.96.0.9',
      ports: [
        { name: 'reloader-web', port: 8080 },
        { name: 'http-web', port: 9093 },
      ],
    }),
    service(
      'kmon-grafana',
      {
        clusterIP: '10.96.0.8',
        ports: [
          { name: 'grpc', port: 10000 },
          { name: 'http-web', port: 80 },
        ],
      },
      { 'app.kubernetes.io/name': 'grafana' },
    ),
  ],
});
const NODES = JSON.stringify({
  items: [
    {
      metadata: { name: PARENT.name },
      status: { addresses: [{ type: 'InternalIP', address: '192.168.7.10' }], conditions: [] },
    },
  ],
});

async function seen(): Promise<PagesSeen> {
  const byStage = new SeenByStage();
  const played = await play(
    askPages,
    { parent: [asks('/namespaces/monitoring/services', ANSWER), asks('/api/v1/nodes', NODES)] },
    { machine: PARENT, seen: byStage },
  );
  expect(played).toMatchObject({ outcome: 'unchanged', because: '4 services' });
  const found = byStage.of(askPages).get(PARENT.name);
  if (found === undefined) throw new Error('nothing was seen');
  return found;
}

function refusal(message: string, hint: string | RegExp): unknown {
  return expect.objectContaining({
    code: 'precondition',
    message: expect.stringContaining(message) as string,
    hint: expect.stringMatching(hint) as string,
  });
}

describe('the pages of the monitoring', () => {
  it('are where the cluster says, and for everybody by a port of the parent', async () => {
    const there = await seen();
    expect(placeOf('prometheus', there, sampleConfig())).toEqual({
      host: '10.96.0.7',
      port: 9090,
      forEverybody: 'http://192.168.7.10:30090/',
    });
    expect(placeOf('grafana', there, sampleConfig())).toEqual({ host: '10.96.0.8', port: 80 });
    expect(placeOf('alertmanager', there, sampleConfig())).toEqual({ host: '10.96.0.9', port: 9093 });
  });

  it.each([
    [
      'there is no monitoring',
      'prometheus',
      [],
      true,
      'there is no monitoring in this cluster',
      'deploy-monitoring',
    ],
    [
      'there is no monitoring',
      'grafana',
      [],
      true,
      'there is no monitoring in this cluster',
      'deploy-monitoring',
    ],
    [
      'Grafana was left out',
      'grafana',
      ['kmon-prometheus'],
      true,
      'Grafana is not in this room',
      'needs its image',
    ],
    [
      'Grafana is not wanted',
      'grafana',
      ['kmon-prometheus'],
      false,
      'switched off in kmon.yaml',
      'switch it on',
    ],
  ] as const)('are not there: %s (%s)', (_, page, names, grafana, message, hint) => {
    const services = names.map((name) => ({
      namespace: 'monitoring',
      name,
      labels: {},
      address: '10.96.0.7',
      ports: [{ port: 9090 }],
    }));
    const config = sampleConfig({ monitoring: { ...sampleConfig().monitoring, grafana } });
    expect(() => placeOf(page, { services }, config)).toThrow(refusal(message, hint));
  });

  const alerts = { webhook: { variable: 'KMON_WEBHOOK' } };
  it.each([
    ['nobody is to be told', { profile: 'lite' }, 'names nowhere to send alerts', 'write monitoring.alerts'],
    ['kmon.yaml is newer', { profile: 'lite', alerts }, 'it was left out', /^run `kmon deploy-monitoring`/],
    ['own values', { profile: 'stack' }, 'it was left out', 'where monitoring.values switches it off'],
  ] as const)('do without an Alertmanager: %s', (_, monitoring, message, hint) => {
    const services = [
      { namespace: 'monitoring', name: 'kmon-prometheus', labels: {}, ports: [{ port: 9090 }] },
    ];
    const config = sampleConfig({ monitoring: { ...sampleConfig().monitoring, ...monitoring } });
    expect(() => placeOf('alertmanager', { services }, config)).toThrow(refusal(message, hint));
  });
});

describe('the pages of the add-on dashboard', () => {
  const seenOf = async (items: readonly object[]): Promise<PagesSeen> => {
    const byStage = new SeenByStage();
    const steps = [
      asks('/namespaces/kmon-dashboard/services', JSON.stringify({ items })),
      asks('/api/v1/nodes', NODES),
    ];
    await play(askDashboard, { parent: steps }, { machine: PARENT, seen: byStage });
    return byStage.of(askDashboard).get(PARENT.name) ?? { services: [] };
  };
  const ports = [{ name: 'http', port: 80, nodePort: 30081 }];

  it('are where its Service is, and for everybody at the port of the parent, whatever the monitoring is', async () => {
    const found = await seenOf([
      {
        metadata: { name: 'kmon-dashboard', namespace: 'kmon-dashboard' },
        spec: { clusterIP: '10.96.0.5', ports },
      },
    ]);
    expect(placeOf('dashboard', found, sampleConfig())).toEqual({
      host: '10.96.0.5',
      port: 80,
      forEverybody: 'http://192.168.7.10:30081/',
    });
  });

  it('are not there without the add-on', async () => {
    const found = await seenOf([]);
    expect(() => placeOf('dashboard', found, sampleConfig())).toThrow(
      refusal('the add-on dashboard is not in this cluster', 'run `kmon addon add dashboard` first'),
    );
  });
});
