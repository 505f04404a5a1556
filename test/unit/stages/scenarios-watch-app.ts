import { unwatchApp } from '../../../src/stages/cluster/unwatch-app.js';
import { watchApp } from '../../../src/stages/cluster/watch-app.js';
import { PARENT, sampleConfig } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import type { Scenario } from './scenario.js';

export const SHOP = { namespace: 'red', name: 'shop', port: 'metrics', path: '/metrics' };

const notFound = { exitCode: 1, stderr: 'Error from server (NotFound): not found' };

export const monitoringThere = asks(
  '/namespaces/monitoring/services',
  JSON.stringify({ items: [{ metadata: { name: 'kmon-prometheus' } }] }),
);

/** The Service, as its owner made it, or with kmon's marks. */
export function shopService(marked: boolean): Step {
  return asks(
    '/namespaces/red/services/shop',
    JSON.stringify({
      metadata: marked
        ? {
            labels: { app: 'shop', 'kmon/watch': 'shop' },
            annotations: { 'kmon/watch-port': 'metrics', 'kmon/watch-path': '/metrics' },
          }
        : { labels: { app: 'shop' } },
      spec: {
        ports: [
          { name: 'web', port: 80 },
          { name: 'metrics', port: 9090 },
        ],
      },
    }),
  );
}

export function endpoints(ready = true): Step {
  const conditions = { ready };
  return asks(
    'endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dshop',
    JSON.stringify({
      items: [
        {
          addressType: 'IPv4',
          ports: [{ name: 'metrics', port: 9090 }],
          endpoints: [{ addresses: ['10.244.1.7'], nodeName: 'pc-11', conditions }],
        },
      ],
    }),
  );
}

/** What Prometheus says of it: the health of its one target, the number of its series, and what it is configured for. */
export function asksApp(
  health: string,
  series: number,
  lastError = '',
  pools: readonly string[] = ['apps'],
): Step {
  const labels = { kmon_app: 'red/shop', instance: '10.244.1.7:9090' };
  const activeTargets =
    health === 'absent' ? [] : [{ labels, scrapeUrl: 'http://10.244.1.7:9090/metrics', health, lastError }];
  const result = series === 0 ? [] : [{ metric: {}, value: [0, String(series)] }];
  const answers = [{ activeTargets }, { resultType: 'vector', result }, { scrapePools: pools }];
  return asks(
    'kmon-prometheus',
    answers.map((data) => `${JSON.stringify({ status: 'success', data })}\n@@kmon 0\n`).join(''),
  );
}

export const bothKinds = asks(
  'get customresourcedefinitions servicemonitors.monitoring.coreos.com podmonitors.monitoring.coreos.com',
  'servicemonitors.monitoring.coreos.com kmon v\npodmonitors.monitoring.coreos.com kmon v\n',
);
const noKinds = asks('get customresourcedefinitions servicemonitors.monitoring.coreos.com');

const stack = { monitoring: { ...sampleConfig().monitoring, profile: 'stack' as const } };
const differs = asks('diff --server-side', { exitCode: 1, stdout: '+ kind: ServiceMonitor' });
const same = asks('diff --server-side');
const ownMonitor = asks(
  '/servicemonitors/kmon-watch-shop',
  JSON.stringify({ metadata: { labels: { 'app.kubernetes.io/managed-by': 'kmon' } } }),
);
const noMonitor = asks('/servicemonitors/kmon-watch-shop', notFound);
const mark = does('mark the Service shop in red as watched');

/** `kmon watch-app`, and its `--remove`. */
export const WATCH_APP: readonly Scenario[] = [
  {
    name: 'watch-app-lite',
    stage: () => watchApp(SHOP),
    setting: { machine: PARENT },
    bare: { parent: [monitoringThere, shopService(false), endpoints(), asksApp('absent', 0)] },
    inferred: { parent: [monitoringThere, shopService(false), endpoints(), asksApp('absent', 0)] },
    work: {
      parent: [
        ...[asks('ledger.jsonl'), mark],
        ...[monitoringThere, shopService(true), endpoints(), asksApp('unknown', 0)],
        ...[monitoringThere, shopService(true), endpoints(), asksApp('up', 0)],
        ...[monitoringThere, shopService(true), endpoints(), asksApp('up', 12)],
      ],
    },
    done: { parent: [monitoringThere, shopService(true), endpoints(), asksApp('up', 12)] },
  },
  {
    name: 'watch-app-stack',
    stage: () => watchApp(SHOP),
    setting: { machine: PARENT, config: stack },
    bare: {
      parent: [
        monitoringThere,
        bothKinds,
        shopService(false),
        endpoints(),
        asksApp('absent', 0),
        noMonitor,
        differs,
      ],
    },
    inferred: {
      parent: [
        monitoringThere,
        bothKinds,
        shopService(false),
        endpoints(),
        asksApp('absent', 0),
        noMonitor,
        differs,
      ],
    },
    work: {
      parent: [
        ...[asks('ledger.jsonl'), mark, does('apply the monitor kmon-watch-shop in red')],
        ...[monitoringThere, bothKinds, shopService(true), endpoints(), asksApp('up', 12)],
      ],
    },
    done: {
      parent: [
        monitoringThere,
        bothKinds,
        shopService(true),
        endpoints(),
        asksApp('up', 12),
        ownMonitor,
        same,
      ],
    },
  },
  {
    name: 'unwatch-app',
    stage: () => unwatchApp(SHOP),
    setting: { machine: PARENT },
    bare: {
      parent: [...[shopService(true), bothKinds], ownMonitor, asks('/podmonitors/kmon-watch-shop', notFound)],
    },
    inferred: {
      parent: [...[shopService(true), bothKinds], ownMonitor, asks('/podmonitors/kmon-watch-shop', notFound)],
    },
    work: {
      parent: [
        asks('ledger.jsonl'),
        does('take the marks off the Service shop in red'),
        does('remove servicemonitors.monitoring.coreos.com kmon-watch-shop in red'),
        ...[shopService(false), noKinds],
      ],
    },
    done: { parent: [asks('/namespaces/red/services/shop', notFound), noKinds] },
  },
];
