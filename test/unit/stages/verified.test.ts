import { describe, expect, it } from 'vitest';
import { SeenByStage } from '../../../src/engine/results.js';
import { SHIPPED } from '../../../src/dashboards/shipped.js';
import { lookVerified } from '../../../src/stages/cluster/verified.js';
import type { VerifiedSeen } from '../../../src/stages/cluster/verified.js';
import { CHILD, OTHER, PARENT, sampleBundle, sampleConfig } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksMetrics, asksNodes, asksSilentPrometheus, hindered } from './answers.js';
import { play } from './stage-run.js';
import type { Setting } from './stage-run.js';

const json = (data: object): string => `${JSON.stringify({ status: 'success', data })}\n@@kmon 0\n`;

/** Prometheus is fine, and these are its targets. */
const asksHealth = (...targets: readonly object[]): Step =>
  asks(
    'prometheus_tsdb',
    json({
      resultType: 'vector',
      result: [
        { metric: { kmon_query: 'samples' }, value: [0, '100'] },
        { metric: { kmon_query: 'reloaded' }, value: [0, '1'] },
      ],
    }) + json({ activeTargets: targets }),
  );
const target = (job: string, node: string, health: string, lastError = ''): object => ({
  labels: { job, node },
  health,
  lastError,
});

const services = (...names: readonly string[]): Step =>
  asks(
    '/namespaces/monitoring/services',
    JSON.stringify({
      items: names.map((name) => ({
        metadata: { name, labels: { 'app.kubernetes.io/name': name.replace('kmon-', '') } },
        spec: { clusterIP: '10.96.0.7', ports: [{ name: 'http', port: 80 }] },
      })),
    }),
  );

const look = (...steps: readonly Step[]): Promise<VerifiedSeen> =>
  lookAs({ bundle: sampleBundle() }, ...steps);

async function lookAs(
  more: Pick<Setting, 'config' | 'bundle'>,
  ...steps: readonly Step[]
): Promise<VerifiedSeen> {
  const seen = new SeenByStage();
  const setting = { machine: PARENT, about: [PARENT, CHILD, OTHER], seen, ...more };
  const played = await play(lookVerified, { parent: steps }, setting);
  expect(played.outcome).toBe('unchanged');
  expect(played.journal.every((g) => g.verb === 'query')).toBe(true);
  const found = seen.of(lookVerified).get(PARENT.name);
  if (found === undefined) throw new Error('nothing was seen');
  return found;
}

const READY = asksNodes({ name: 'pc-10' }, { name: 'pc-11' }, { name: 'pc-12' });
const MEASURED = asksMetrics({ 'pc-10': 1, 'pc-11': 2, 'pc-12': 3 });

describe('what is looked at to verify', () => {
  it('is nothing missing where all of it works', async () => {
    const seen = await look(
      READY,
      MEASURED,
      asksHealth(target('prometheus', 'pc-10', 'up'), target('node-exporter', 'pc-11', 'up')),
      services('kmon-prometheus', 'kmon-grafana'),
      asks('services/kmon-grafana%3Ahttp/proxy/api/health', '{"database":"ok"}'),
      asks('proxy/api/search?type=dash-db', JSON.stringify([...SHIPPED, 'own'].map((uid) => ({ uid })))),
      asks('proxy/api/datasources/uid/prometheus/health', '{"status":"OK"}'),
    );
    expect(seen.missing).toEqual([]);
    expect(seen.gate.rows.map((r) => [r.machine, r.temperature])).toEqual([
      ['pc-10', 'no sensor'],
      ['pc-11', 'no sensor'],
      ['pc-12', 'no sensor'],
    ]);
    expect(
      seen.health.filter((h) => h.what.startsWith('Grafana')).map((h) => [h.what, h.good, h.because]),
    ).toEqual([
      ['Grafana', true, 'it answers'],
      ["Grafana's dashboards", true, "all 5 of kmon's, of 6"],
      ["Grafana's data source", true, 'Prometheus answers it'],
    ]);
  });

  it('is each machine that lacks something, with what to do, and each target once', async () => {
    const seen = await look(
      asksNodes({ name: 'pc-10' }, { name: 'pc-11', ready: false }),
      asksMetrics({}),
      asksHealth(
        target('node-exporter', 'pc-10', 'down', 'refused'),
        target('observed', 'own-mac', 'down', 'refused'),
        target('etcd', 'pc-10', 'down', 'connection refused'),
        target('my-app', '', 'unknown'),
      ),
      services('kmon-prometheus'),
      ...hindered(),
    );
    expect(seen.missing).toEqual([
      {
        what: 'pc-11',
        because: 'its node is not Ready: cni plugin not initialized',
        fix: 'look at its kubelet (sudo journalctl -u kubelet -n 50), or run `kmon join-child --only pc-11` again',
      },
      { what: 'pc-12', because: 'it is not in the cluster', fix: 'run `kmon join-child --only pc-12`' },
      {
        what: 'pc-10',
        because: 'Prometheus has not asked it yet',
        fix: 'look at node-exporter on pc-10: is port 9100 reachable from the parent?',
      },
      {
        what: 'target etcd on pc-10',
        because: 'it is down: connection refused',
        fix: expect.stringContaining('kmon check') as string,
      },
      {
        what: 'target my-app',
        because: 'it has not been asked yet',
        fix: expect.stringContaining('kmon verify') as string,
      },
    ]);
  });

  it('is told of applications of the class, each by its name, and is no worse for one that is down', async () => {
    const app = (pod: string, health: string, lastError = ''): object => ({
      labels: { job: 'red/shop', kmon_app: 'red/shop', pod, instance: '10.244.1.7:8080', node: 'pc-11' },
      health,
      lastError,
    });
    const seen = await look(
      READY,
      MEASURED,
      asksHealth(
        target('prometheus', 'pc-10', 'up'),
        app('shop-1', 'up'),
        app('shop-2', 'down', 'dial tcp: connection refused'),
      ),
      services('kmon-prometheus'),
    );
    expect(seen.missing).toEqual([]);
    expect(seen.targets).toHaveLength(1);
    expect(seen.notes).toEqual([
      'application red/shop: 1 of 2 targets up; shop-2: dial tcp: connection refused',
    ]);
  });

  const answers = (dashboards: string | { exitCode: number; stderr: string }, source: typeof dashboards) => [
    ...[
      READY,
      MEASURED,
      asksHealth(target('prometheus', 'pc-10', 'up')),
      services('kmon-prometheus', 'kmon-grafana'),
    ],
    asks('/proxy/api/health', '{"database":"ok"}'),
    asks('proxy/api/search?type=dash-db', dashboards),
    asks('/prometheus/health', source),
  ];

  it('is a Grafana without some of its dashboards, or whose Prometheus does not answer it', async () => {
    const seen = await look(
      ...answers(
        '[{"uid":"kmon-room"},{"uid":"kmon-machine"}]',
        '{"status":"ERROR","message":"no such host"}',
      ),
    );
    expect(seen.missing.map((m) => [m.what, m.because])).toEqual([
      ["Grafana's dashboards", 'kmon-team, kmon-stress, kmon-cluster are not there'],
      ["Grafana's data source", 'Prometheus does not answer it: no such host'],
    ]);
  });

  it('is something else in the place of Grafana', async () => {
    const seen = await look(...answers('{}', '<html>'));
    expect(seen.missing.map((m) => m.because)).toEqual([
      'something answers in its place that is not Grafana',
      'Grafana printed something that is no JSON',
    ]);
  });

  it('is no fault where Grafana wants a login of whoever looks, and says so', async () => {
    const closed = {
      exitCode: 1,
      stderr:
        'error: You must be logged in to the server (the server has asked for the client to provide credentials)',
    };
    const seen = await look(...answers(closed, closed));
    expect(seen.missing).toEqual([]);
    expect(seen.notes).toEqual([expect.stringContaining('wants a login of whoever looks')]);
  });

  it.each([
    [
      'switched off',
      { grafana: false },
      undefined,
      ['Grafana is switched off in kmon.yaml (monitoring.grafana.enabled)'],
      [],
    ],
    ['without an image', {}, sampleBundle(), [expect.stringContaining('for want of its image')], []],
    ['gone', {}, undefined, [], ['it is not there']],
  ] as const)(
    'says of the profile stack why there is no Grafana: %s',
    async (_, more, bundle, notes, missing) => {
      const monitoring = { ...sampleConfig().monitoring, profile: 'stack' as const, ...more };
      const seen = await lookAs(
        { config: { monitoring }, ...(bundle === undefined ? {} : { bundle }) },
        ...[READY, MEASURED, asksHealth(target('prometheus', 'pc-10', 'up')), services('kmon-prometheus')],
      );
      expect(seen.notes).toEqual(notes);
      expect(seen.missing.map((m) => m.because)).toEqual(missing);
    },
  );

  it('is said once when Prometheus is silent, and Grafana apart from it', async () => {
    const seen = await look(
      READY,
      asksSilentPrometheus,
      asksSilentPrometheus,
      services('kmon-grafana'),
      asks('/proxy/api/health', { exitCode: 1, stderr: 'Error: no endpoints available' }),
    );
    expect(seen.missing.map((m) => [m.what, m.because])).toEqual([
      ['Prometheus', 'it does not answer: services "kmon-prometheus" not found'],
      ['Grafana', 'it does not answer: Error: no endpoints available'],
    ]);
  });
});
