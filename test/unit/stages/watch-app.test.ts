import { describe, expect, it } from 'vitest';
import { watchApp } from '../../../src/stages/cluster/watch-app.js';
import type { AppToWatch } from '../../../src/stages/cluster/watched-app.js';
import { PARENT, sampleConfig } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { SHOP, asksApp, bothKinds, endpoints, monitoringThere, shopService } from './scenarios-watch-app.js';
import { play } from './stage-run.js';

const stack = { monitoring: { ...sampleConfig().monitoring, profile: 'stack' as const } };
const notFound = { exitCode: 1, stderr: 'Error from server (NotFound): not found' };
const noService = asks('/services/shop', notFound);
const workload = (kind: string, answer: Parameters<typeof asks>[1] = notFound): Step =>
  asks(`/apps/v1/namespaces/red/${kind}/shop`, answer);
const deployment = workload(
  'deployments',
  JSON.stringify({
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      template: { spec: { containers: [{ ports: [{ name: 'metrics', containerPort: 9090 }] }] } },
    },
  }),
);

/** Only looks: what is refused is refused before anything is touched. */
async function refused(steps: readonly Step[], o: { app?: Partial<AppToWatch>; config?: object } = {}) {
  const stage = watchApp({ ...SHOP, ...o.app });
  const { error, journal } = await play(
    stage,
    { parent: steps },
    { machine: PARENT, config: o.config ?? {} },
  );
  expect(journal.every((g) => g.verb === 'query')).toBe(true);
  return error;
}

describe('what cannot be watched is refused with what to do, and nothing is touched:', () => {
  it("a namespace of Kubernetes', or of kmon's", async () => {
    const of = (namespace: string) => refused([], { app: { namespace } });
    expect((await of('kube-system'))?.message).toBe("the namespace kube-system is Kubernetes' own");
    expect((await of('monitoring'))?.message).toBe("the namespace monitoring is kmon's own");
    expect((await of('kmon-test-app'))?.message).toBe("the namespace kmon-test-app is kmon's own");
  });

  it("a monitor of somebody else's", async () => {
    const theirs = asks(
      '/servicemonitors/kmon-watch-shop',
      JSON.stringify({ metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } } }),
    );
    const steps = [monitoringThere, bothKinds, shopService(true), endpoints(), asksApp('up', 12), theirs];
    expect((await refused(steps, { config: stack }))?.message).toBe(
      "the monitor kmon-watch-shop in red is somebody else's",
    );
  });

  it('a cluster without a monitoring, or with another than kmon.yaml names', async () => {
    const none = asks('/namespaces/monitoring/services', JSON.stringify({ items: [] }));
    expect(await refused([none])).toMatchObject({
      message: 'there is no monitoring in this cluster',
      hint: 'run `kmon deploy-monitoring` first',
    });
    const other = await refused([monitoringThere, asks('get customresourcedefinitions')], { config: stack });
    expect(other?.message).toBe('kube-prometheus-stack, which kmon.yaml names, is not in this cluster');
    const older = await refused([
      monitoringThere,
      shopService(false),
      endpoints(),
      asksApp('absent', 0, '', ['node-exporter']),
    ]);
    expect(older?.message).toContain('is of an older kmon');
  });

  it('a name that nothing has, with the nearest that something has', async () => {
    const error = await refused([
      ...[
        monitoringThere,
        noService,
        workload('deployments'),
        workload('statefulsets'),
        workload('daemonsets'),
      ],
      asks('get --raw /api/v1/namespaces/red', '{}'),
      asks('/namespaces/red/services', JSON.stringify({ items: [{ metadata: { name: 'shops' } }] })),
    ]);
    expect(error?.message).toContain('there is no Service shop in the namespace red');
    expect(error?.message).toContain('(did you mean shops?)');
  });

  it('a namespace that is not there', async () => {
    const error = await refused([
      ...[
        monitoringThere,
        noService,
        workload('deployments'),
        workload('statefulsets'),
        workload('daemonsets'),
      ],
      asks('get --raw /api/v1/namespaces/red', notFound),
    ]);
    expect(error?.message).toBe('there is no namespace red');
  });

  it('a port that it has not', async () => {
    const error = await refused([monitoringThere, shopService(false)], { app: { port: 'metrix' } });
    expect(error).toMatchObject({
      message: 'the Service red/shop has no port metrix (did you mean metrics?)',
      evidence: 'it has web (80), metrics (9090)',
    });
  });

  it('one of which no pod is ready', async () => {
    const error = await refused([monitoringThere, shopService(false), endpoints(false)]);
    expect(error?.message).toBe('no pod of red/shop is ready, so nothing can be asked for metrics');
  });

  it('pods without a Service, by the small monitoring', async () => {
    const error = await refused([monitoringThere, noService, deployment]);
    expect(error?.hint).toContain('kubectl -n red expose deployment shop --port NUMBER');
  });
});

it('watches pods without a Service by a PodMonitor', async () => {
  const pods = asks(
    '/namespaces/red/pods?labelSelector=app%3Dshop',
    JSON.stringify({
      items: [
        {
          metadata: { name: 'shop-1', namespace: 'red' },
          spec: { nodeName: 'pc-11' },
          status: { phase: 'Running', podIP: '10.244.1.7', conditions: [{ type: 'Ready', status: 'True' }] },
        },
      ],
    }),
  );
  const look = [monitoringThere, bothKinds, noService, deployment, pods];
  const played = await play(
    watchApp(SHOP),
    {
      parent: [
        ...[...look, asksApp('absent', 0), asks('/podmonitors/kmon-watch-shop', notFound)],
        asks('diff --server-side', { exitCode: 1 }),
        ...[asks('ledger.jsonl'), does('apply the monitor kmon-watch-shop in red')],
        ...[...look, asksApp('up', 3)],
      ],
    },
    { machine: PARENT, config: stack },
  );
  expect(played).toMatchObject({ outcome: 'changed', because: '1 of 1 endpoints up, 3 series of its own' });
  const applied = played.journal.find((g) => g.intent === 'apply the monitor kmon-watch-shop in red');
  expect(applied?.command.stdin).toMatch(/"kind":"PodMonitor"/);
});

it('says why no metrics come, in the words of Prometheus, as soon as it has asked in vain', async () => {
  const why = 'server returned HTTP status 404 Not Found';
  const look = [monitoringThere, shopService(true), endpoints(), asksApp('down', 0, why)];
  const { error } = await play(
    watchApp(SHOP),
    { parent: Array.from({ length: 10 }, () => look).flat() },
    { machine: PARENT },
  );
  expect(error).toMatchObject({
    code: 'not-verified',
    message: `no metrics come of red/shop: 10.244.1.7:9090 on pc-11 gives no metrics: ${why}`,
  });
  expect(error?.hint).toContain('--path');
});
