import { KUBE_PROMETHEUS_STACK } from '../../artifacts/charts.js';
import {
  ALERTMANAGER,
  CONFIG_RELOADER,
  GRAFANA,
  GRAFANA_SIDECAR,
  KUBE_STATE_METRICS,
  NODE_EXPORTER,
  PROMETHEUS,
  PROMETHEUS_OPERATOR,
} from '../../artifacts/images.js';
import { notAvailable, notRolledOut } from '../../cluster/rollout.js';
import type { CustomResource, Workload } from '../../cluster/rollout.js';
import type { Context } from '../../engine/context.js';
import type { Addon } from '../addon.js';
import { ALERTS_SECRET, alertsLeave, alertSecretsOnCluster } from '../alerts.js';
import { existingRelease } from '../existing/names.js';
import { GRAFANA_SECRET, grafanaPassword, grafanaPasswordFile } from '../grafana-access.js';
import { LITE_RELEASE } from '../lite/release.js';
import { stackArchive, stackChart } from './chart.js';
import { stackDefinitions } from './definitions.js';
import { labelled } from './labels.js';
import { DEFINITIONS, LEFT_BY_OPERATOR, RELEASE, stackRelease } from './names.js';
import { hasStackObjects, stackObjects } from './objects.js';
import { othersPrometheus } from './others-prometheus.js';
import { renderStack } from './rendered.js';
import { hasStackGrafana, hasStateMetrics, stackParts, stackValues } from './values.js';

/**
 * The monitoring of the profile `stack`: kube-prometheus-stack, that is Prometheus by its operator, Alertmanager, kube-state-metrics, Grafana
 * with its dashboards, and node-exporter on every machine. `helm --wait` says nothing of Prometheus, which the operator makes later: its own
 * conditions do, and then the series (the stage `measured`).
 */
export const stack: Addon = {
  id: 'stack',
  stage: 'kube-prometheus-stack',
  title: 'Deploy kube-prometheus-stack',
  group: 'monitoring',
  notWanted: ({ monitoring }) =>
    monitoring.profile === 'stack' ? undefined : `the profile is \`${monitoring.profile}\``,
  inTheWay: othersPrometheus,
  needs: [
    KUBE_PROMETHEUS_STACK,
    PROMETHEUS_OPERATOR,
    CONFIG_RELOADER,
    PROMETHEUS,
    ALERTMANAGER,
    NODE_EXPORTER,
    KUBE_STATE_METRICS,
    GRAFANA,
    GRAFANA_SIDECAR,
  ],
  install: (c) => {
    const { monitoring } = c.config;
    const { digest, bytes } = stackArchive(c.supply);
    return [
      stackDefinitions({ digest, bytes: () => c.shared('stack-chart', 600_000, bytes) }),
      ...(hasStackObjects(c)
        ? [
            {
              kind: 'objects' as const,
              name: 'dashboards and observed computers',
              manifest: async () =>
                (await stackObjects(c)).map((object) => JSON.stringify(object)).join('\n---\n'),
            },
          ]
        : []),
      {
        kind: 'release',
        ...stackRelease(monitoring.namespace),
        chart: stackChart(c),
        values: () => stackValues(c),
        replaces: [
          { release: LITE_RELEASE, namespace: monitoring.namespace, leaves: [] },
          { ...existingRelease(monitoring.namespace), leaves: [] },
        ],
        ...(alertsLeave(c.config) ? { given: alertSecretsOnCluster(c.config) } : {}),
        ...(hasStackGrafana(c) ? { password: grafanaPassword(c.config) } : {}),
        ...leftOut(c),
      },
    ];
  },
  proofs: [
    async (c) => notRolledOut(c.cluster, await workloads(c)),
    async (c) => notAvailable(c.cluster, await customResources(c)),
    // The operator has passed on by then what has changed, and counts a pod that is about to go.
    async (c) => notRolledOut(c.cluster, await keptByOperator(c)),
  ],
  settleMs: 300_000,
  ports: ['exporter', 'prometheus', 'grafana'],
  render: renderStack,
  leaves: ({ monitoring: { namespace } }) => ({
    release: { ...stackRelease(namespace), leaves: LEFT_BY_OPERATOR },
    secrets: [GRAFANA_SECRET, ALERTS_SECRET].map((name) => ({ namespace, name })),
    objects: [
      {
        namespace,
        kinds: ['configmaps', 'scrapeconfigs.monitoring.coreos.com'],
        label: `kmon/addon=${labelled['kmon/addon']}`,
      },
    ],
    definitions: DEFINITIONS,
  }),
  keeps: (config) => [grafanaPasswordFile(config)],
  explain: {
    en: 'kube-prometheus-stack is how many companies watch their clusters: an operator that keeps Prometheus and Alertmanager running as objects of the cluster say, node-exporter on every machine, and Grafana with dashboards of all of it.',
    fr: "kube-prometheus-stack est la façon dont beaucoup d'entreprises surveillent leurs clusters : un opérateur qui fait tourner Prometheus et Alertmanager comme le disent des objets du cluster, node-exporter sur chaque machine, et Grafana avec ses tableaux de bord.",
  },
};

/** What is wanted of it and has no image, in words. */
function leftOut(c: Context): { readonly leftOut?: string } {
  const lacking = [
    ...(c.config.monitoring.grafana && !hasStackGrafana(c) ? ['Grafana'] : []),
    ...(hasStateMetrics(c) ? [] : ['kube-state-metrics']),
  ];
  if (lacking.length === 0) return {};
  return {
    leftOut: `left out, since ${c.supply.called} has no image of it: ${lacking.join(' and ')}`,
  };
}

async function workloads(c: Context): Promise<readonly Workload[]> {
  const { namespace } = c.config.monitoring;
  const parts = await stackParts(c);
  const deployment = (name: string): Workload => ({ kind: 'deployments', namespace, name });
  return [
    deployment('kmon-operator'),
    ...(parts.exporter
      ? [{ kind: 'daemonsets' as const, namespace, name: `${RELEASE}-prometheus-node-exporter` }]
      : []),
    ...(parts.stateMetrics ? [deployment(`${RELEASE}-kube-state-metrics`)] : []),
    ...(parts.grafana ? [deployment(`${RELEASE}-grafana`)] : []),
  ];
}

/** What the operator makes of its own kinds: their names with its own in front. */
async function keptByOperator(c: Context): Promise<readonly Workload[]> {
  return (await customResources(c)).map(({ plural, namespace, name }) => ({
    kind: 'statefulsets',
    namespace,
    name: `${plural === 'prometheuses' ? 'prometheus' : 'alertmanager'}-${name}`,
  }));
}

async function customResources(c: Context): Promise<readonly CustomResource[]> {
  const at = { api: 'monitoring.coreos.com/v1', namespace: c.config.monitoring.namespace };
  const { alertmanager } = await stackParts(c);
  return [
    { ...at, plural: 'prometheuses', name: 'kmon-prometheus' },
    ...(alertmanager ? [{ ...at, plural: 'alertmanagers', name: 'kmon-alertmanager' }] : []),
  ];
}
