import { describe, expect, it } from 'vitest';
import { SeenByStage } from '../../../src/engine/results.js';
import { lookVerified } from '../../../src/stages/cluster/verified.js';
import type { VerifiedSeen } from '../../../src/stages/cluster/verified.js';
import { CHILD, OTHER, PARENT, sampleBundle } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksMetrics, asksNodes, asksSilentPrometheus, hindered } from './answers.js';
import { play } from './stage-run.js';

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

async function look(...steps: readonly Step[]): Promise<VerifiedSeen> {
  const seen = new SeenByStage();
  const setting = { machine: PARENT, bundle: sampleBundle(), about: [PARENT, CHILD, OTHER], seen };
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
    );
    expect(seen.missing).toEqual([]);
    expect(seen.gate.rows.map((r) => [r.machine, r.temperature])).toEqual([
      ['pc-10', 'no sensor'],
      ['pc-11', 'no sensor'],
      ['pc-12', 'no sensor'],
    ]);
    expect(seen.health.find((h) => h.what === 'Grafana')).toMatchObject({ good: true });
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
