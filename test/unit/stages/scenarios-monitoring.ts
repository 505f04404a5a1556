import { existsSync, readFileSync } from 'node:fs';
import { measured } from '../../../src/stages/cluster/measured.js';
import { DEFINITIONS } from '../../../src/addons/stack/names.js';
import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import {
  OF_RELEASE,
  exporters,
  knows,
  namespaces,
  prometheuses,
  services,
  servicesOf,
} from '../../support/others-cluster.js';
import { withStandIn } from '../../support/stand-in-stack.js';
import { stageOf } from './addon-stages.js';
import { loadFits } from '../../../src/stages/cluster/load-fits.js';
import type { Limit } from '../../../src/loads/cut-off.js';
import { constantLoad } from '../../support/sample-load.js';
import { load, stressTools } from '../../../src/stages/cluster/stress.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import type { Command } from '../../../src/shell/command.js';
import { CHILD, OTHER, PARENT, sampleBundle, sampleConfig } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksMetrics, asksNodes, asksSilentPrometheus, clusterReady } from './answers.js';
import type { Scenario } from './scenario.js';
import { noting } from './stage-run.js';
import { looks } from './things.js';

const bundle = sampleBundle();
const routes = { kubernetes: { ...DEFAULTS.kubernetes, version: '1.36', network: 'routes' as const } };
export const lab = { bundle, config: routes };

const nodes = asksNodes(
  { name: 'pc-10', address: '192.0.2.10' },
  { name: 'pc-11', address: '192.0.2.11' },
  { name: 'pc-12', address: '192.0.2.12' },
);

export const noRelease = asks('history kmon', { exitCode: 1, stderr: 'Error: release: not found' });

/** Nor one of the other profiles. */
export const noStack = asks('history kmon-stack', { exitCode: 1, stderr: 'Error: release: not found' });
export const noExisting = asks('history kmon-existing', { exitCode: 1, stderr: 'Error: release: not found' });
export const noOther: readonly Step[] = [noStack, noExisting];

/** Helm's answer about a release as it was last given to it; before that, as it is when all is well. */
export function releaseIs(status: string, digest?: () => string): Step {
  return asks('history kmon', () => {
    const description = digest === undefined ? 'by hand' : `kmon ${digest()}`;
    return JSON.stringify([{ revision: 1, status, chart: 'kmon-lite-0.1.0', description }]);
  });
}

/** The digest that helm was given last; before that, the one in the golden file. */
export class LastDigest {
  #digest: string;
  readonly upgrade: Step;

  constructor(scenario: string, release = 'kmon') {
    this.upgrade = does(`helm upgrade --install ${release}`, ({ script }: Command) => {
      this.#digest = digestIn(script);
      return '';
    });
    const golden = new URL(`__golden__/${scenario}.txt`, import.meta.url);
    this.#digest = digestIn(existsSync(golden) ? readFileSync(golden, 'utf8') : '');
  }

  readonly read = (): string => this.#digest;
}

function digestIn(text: string): string {
  return /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? '';
}

const rollout = (ready: boolean): string =>
  JSON.stringify({ spec: { replicas: 1 }, status: { readyReplicas: ready ? 1 : 0, updatedReplicas: 1 } });
const daemonSet = JSON.stringify({
  status: { desiredNumberScheduled: 3, numberReady: 2, updatedNumberScheduled: 3 },
});

export function rollsOut(ready: boolean): readonly Step[] {
  const prometheus = asks('deployments/kmon-prometheus', rollout(ready));
  return ready ? [prometheus, asks('daemonsets/kmon-node-exporter', daemonSet)] : [prometheus];
}

const available = JSON.stringify({
  metadata: { generation: 1 },
  status: {
    conditions: ['Available', 'Reconciled'].map((type) => ({ type, status: 'True', observedGeneration: 1 })),
  },
});
const starting = JSON.stringify({
  metadata: { generation: 1 },
  status: {
    conditions: [
      { type: 'Reconciled', status: 'True', observedGeneration: 1 },
      { type: 'Available', status: 'False', reason: 'NoPodReady', observedGeneration: 1 },
    ],
  },
});

function stackRolls(prometheus: string): readonly Step[] {
  return [
    asks('deployments/kmon-operator', rollout(true)),
    asks('daemonsets/kmon-stack-prometheus-node-exporter', daemonSet),
    asks('deployments/kmon-stack-kube-state-metrics', rollout(true)),
    asks('prometheuses/kmon-prometheus', prometheus),
    ...(prometheus === available
      ? [
          asks('alertmanagers/kmon-alertmanager', available),
          ...['prometheus-kmon-prometheus', 'alertmanager-kmon-alertmanager'].map((name) =>
            asks(`statefulsets/${name}`, rollout(true)),
          ),
        ]
      : []),
  ];
}

const defined = DEFINITIONS.map((name) => `${name}  kmon  kube-prometheus-stack-88.5.3`).join('\n');
const profileStack = { ...sampleConfig().monitoring, profile: 'stack' as const, grafana: false };
const given = new LastDigest('monitoring');
const stack = new LastDigest('kube-prometheus-stack', 'kmon-stack');
const online = new LastDigest('monitoring-online');
const among = new LastDigest('existing-monitoring', 'kmon-existing');
const releaseAmong = asks('history kmon-existing', () =>
  JSON.stringify([
    { revision: 1, status: 'deployed', chart: 'kmon-lite-0.1.0', description: `kmon ${among.read()}` },
  ]),
);

/** kube-prometheus-stack of somebody else's, and what its Prometheus says: what it is to ask, and its rules. */
const asksOthers: readonly Step[] = [
  asks('/v1/prometheuses', prometheuses([OF_RELEASE])),
  asks('get --raw /api/v1/services', services(servicesOf(OF_RELEASE))),
  asks(
    'get --raw /apis/apps/v1/daemonsets',
    exporters([{ namespace: 'obs', port: { name: 'http-metrics', containerPort: 9100 } }]),
  ),
  asks('/namespaces/obs/services/kps-prometheus:http-web/proxy/api/v1/scrape_pools', knows([], [])),
  asks('get --raw /api/v1/namespaces', namespaces({ obs: {} })),
];
const hasTaken = (...groups: readonly string[]): Step =>
  asks('/scrape_pools', knows(['podMonitor/monitoring/kmon-machines/0'], groups));

/** From the chart to the load. */
export const MONITORING: readonly Scenario[] = [
  {
    name: 'monitoring',
    stage: () => stageOf('monitoring'),
    setting: { ...lab, machine: PARENT },
    bare: { parent: [...clusterReady, noRelease, nodes, ...noOther] },
    work: {
      parent: [...noting, given.upgrade, ...rollsOut(false), ...rollsOut(true)],
    },
    half: {
      bare: { parent: [...clusterReady, releaseIs('pending-upgrade'), nodes] },
      work: {
        parent: [
          ...noting,
          does('remove a release that an earlier run left half done'),
          given.upgrade,
          ...rollsOut(true),
        ],
      },
    },
    done: { parent: [...clusterReady, releaseIs('deployed', given.read), nodes, ...rollsOut(true)] },
  },
  {
    name: 'monitoring-online',
    stage: () => stageOf('monitoring'),
    setting: {
      machine: PARENT,
      config: { monitoring: { ...sampleConfig().monitoring, grafana: false, namespace: 'watch' } },
    },
    bare: { parent: [...clusterReady, releaseIs('failed'), nodes] },
    work: {
      parent: [...noting, does('copy the chart'), online.upgrade, ...rollsOut(true)],
    },
    done: { parent: [...clusterReady, releaseIs('deployed', online.read), nodes, ...rollsOut(true)] },
  },
  {
    // From the small one to the one of the world, as after another word in kmon.yaml.
    name: 'kube-prometheus-stack',
    stage: () => stageOf('kube-prometheus-stack'),
    setting: {
      machine: PARENT,
      config: { monitoring: profileStack },
      supply: withStandIn(onlineSupply),
    },
    bare: {
      parent: [...clusterReady, asks('get customresourcedefinitions'), noStack, noRelease, noExisting],
    },
    half: {
      bare: {
        parent: [
          ...[...clusterReady, asks('get customresourcedefinitions', defined), noStack],
          releaseIs('deployed', () => `sha256:${'0'.repeat(64)}`),
          noExisting,
        ],
      },
      work: {
        parent: [
          ...noting,
          does('remove the release kmon, whose place it takes'),
          does('copy the chart'),
          stack.upgrade,
          ...stackRolls(available),
        ],
      },
    },
    work: {
      parent: [
        ...noting,
        does("define the operator's kinds of object (10)"),
        does('copy the chart'),
        stack.upgrade,
        ...stackRolls(starting),
        ...stackRolls(available),
      ],
    },
    done: {
      parent: [
        ...[...clusterReady, asks('get customresourcedefinitions', defined)],
        releaseIs('deployed', stack.read),
        ...stackRolls(available),
      ],
    },
  },
  {
    // Beside kube-prometheus-stack of somebody else's; the small monitoring was there before.
    name: 'existing-monitoring',
    stage: () => stageOf('existing-monitoring'),
    setting: {
      ...lab,
      machine: PARENT,
      config: {
        ...routes,
        monitoring: { ...sampleConfig().monitoring, profile: 'existing', grafana: false },
      },
    },
    bare: { parent: [...clusterReady, noExisting, ...asksOthers, noRelease, noStack] },
    half: {
      bare: {
        parent: [
          ...[...clusterReady, noExisting, ...asksOthers],
          releaseIs('deployed', () => `sha256:${'0'.repeat(64)}`),
          noStack,
        ],
      },
      work: {
        parent: [
          ...noting,
          does('remove the release kmon, whose place it takes'),
          does('copy the chart'),
          among.upgrade,
          ...asksOthers,
          hasTaken('kmon.rules', 'kmon.alerts'),
        ],
      },
    },
    work: {
      parent: [
        ...noting,
        does('copy the chart'),
        among.upgrade,
        ...asksOthers,
        hasTaken('theirs'),
        hasTaken('theirs', 'kmon.rules', 'kmon.alerts'),
      ],
    },
    done: {
      parent: [...clusterReady, releaseAmong, ...asksOthers, hasTaken('kmon.rules', 'kmon.alerts')],
    },
  },
  {
    name: 'stress-tools',
    stage: () => stressTools,
    setting: lab,
    bare: { child: [looks('bare')] },
    inferred: { child: [looks('bare')] },
    work: {
      child: [
        asks('ledger.jsonl'),
        does('note how packages stress-ng was before'),
        does('install stress-ng'),
        looks('done'),
      ],
    },
    done: { child: [looks('done')] },
  },
];

/** Waits, and changes nothing. */
export const MEASURED: Scenario = {
  name: 'measured',
  stage: () => measured,
  setting: { ...lab, machine: PARENT, about: [PARENT, CHILD, OTHER] },
  bare: { parent: [nodes, asksSilentPrometheus] },
  work: {
    parent: [
      nodes,
      asksMetrics({ 'pc-10': 5, 'pc-11': 1 }),
      nodes,
      asksMetrics({ 'pc-10': 5, 'pc-11': 1, 'pc-12': 2 }),
    ],
  },
  done: { parent: [nodes, asksMetrics({ 'pc-10': 5, 'pc-11': 1, 'pc-12': 2 })] },
};

const running = asks('systemctl show kmon-stress', 'ActiveState=active\nCPUUsageNSec=1000000000\n');

/** The stage that loads a child; what the load comes to there is worked out from its facts. */
export function loadOf(cpuPercent: number, seconds: number, limit?: Limit): ReturnType<typeof load> {
  const options = { load: constantLoad(cpuPercent, seconds), ...(limit === undefined ? {} : { limit }) };
  return load(options, loadFits(options));
}

/** A load never was there before: it has no second run. */
export const STRESS: Omit<Scenario, 'done'> = {
  name: 'stress',
  stage: () => loadOf(80, 6),
  setting: {
    ...lab,
    config: { ...routes, monitoring: { ...sampleConfig().monitoring, scrapeIntervalSeconds: 1 } },
  },
  bare: {},
  work: {
    parent: [5, 60, 81, 81, 40, 10, ...Array<number>(9).fill(5)].map((cpu) => asksMetrics({ 'pc-11': cpu })),
    child: [
      asks('ledger.jsonl'),
      does('start the load: 80 % CPU for 6 s'),
      running,
      running,
      asks('systemctl show kmon-stress', 'ActiveState=inactive\n'),
      does('stop the load'),
      does('stop the load'),
    ],
  },
};
