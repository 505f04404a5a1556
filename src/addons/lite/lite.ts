import { KMON_LITE } from '../../artifacts/charts.js';
import { ALERTMANAGER, GRAFANA, NODE_EXPORTER, PROMETHEUS } from '../../artifacts/images.js';
import { notRolledOut } from '../../cluster/rollout.js';
import type { Workload } from '../../cluster/rollout.js';
import type { Context } from '../../engine/context.js';
import type { Addon } from '../addon.js';
import { ALERTS_SECRET, alertSecretsOnCluster, alertsLeave } from '../alerts.js';
import { liteChart } from './chart.js';
import { GRAFANA_SECRET, grafanaPassword, grafanaPasswordFile, hasGrafana } from '../grafana-access.js';
import { existingRelease } from '../existing/names.js';
import { LEFT_BY_OPERATOR, stackRelease } from '../stack/names.js';
import { LITE_RELEASE } from './release.js';
import { renderLite } from './rendered.js';
import { liteValues } from './values.js';

/**
 * The monitoring of the profile `lite`: a chart of kmon's own, with Prometheus on the parent and node-exporter on every machine. It goes on
 * while children join: every machine of the room is scraped, joined or not.
 */
export const lite: Addon = {
  id: 'lite',
  stage: 'monitoring',
  title: 'Deploy the monitoring',
  group: 'monitoring',
  notWanted: ({ monitoring }) =>
    monitoring.profile === 'lite' ? undefined : `the profile is \`${monitoring.profile}\``,
  needs: [KMON_LITE, PROMETHEUS, NODE_EXPORTER, ALERTMANAGER, GRAFANA],
  install: (c) => [
    {
      kind: 'release',
      release: LITE_RELEASE,
      namespace: c.config.monitoring.namespace,
      chart: liteChart(c),
      values: () => liteValues(c),
      replaces: [
        { ...stackRelease(c.config.monitoring.namespace), leaves: LEFT_BY_OPERATOR },
        { ...existingRelease(c.config.monitoring.namespace), leaves: [] },
      ],
      ...(hasGrafana(c) ? { password: grafanaPassword(c.config) } : {}),
      ...(alertsLeave(c.config) ? { given: alertSecretsOnCluster(c.config) } : {}),
      ...(c.config.monitoring.grafana && !hasGrafana(c)
        ? { leftOut: `Grafana is left out: ${c.supply.called} has no image of it` }
        : {}),
    },
  ],
  proofs: [(c) => notRolledOut(c.cluster, workloads(c))],
  settleMs: 180_000,
  ports: ['exporter', 'prometheus', 'grafana'],
  render: (config, supply) => renderLite(config, supply, LITE_RELEASE),
  leaves: ({ monitoring: { namespace } }) => ({
    release: { release: LITE_RELEASE, namespace, leaves: [] },
    secrets: [GRAFANA_SECRET, ALERTS_SECRET].map((name) => ({ namespace, name })),
  }),
  keeps: (config) => [grafanaPasswordFile(config)],
  explain: {
    en: 'On every machine node-exporter shows what the kernel knows of it: CPU, memory, temperature, disk, network. Every few seconds Prometheus asks all of them and keeps the answers; Grafana draws them.',
    fr: 'Sur chaque machine, node-exporter montre ce que le noyau en sait : CPU, mémoire, température, disque, réseau. Toutes les quelques secondes, Prometheus les interroge toutes et garde les réponses ; Grafana les dessine.',
  },
};

function workloads(c: Context): readonly Workload[] {
  const { namespace } = c.config.monitoring;
  return [
    { kind: 'deployments', namespace, name: 'kmon-prometheus' },
    { kind: 'daemonsets', namespace, name: 'kmon-node-exporter' },
    ...(alertsLeave(c.config)
      ? [{ kind: 'deployments' as const, namespace, name: 'kmon-alertmanager' }]
      : []),
    ...(hasGrafana(c) ? [{ kind: 'deployments' as const, namespace, name: 'kmon-grafana' }] : []),
  ];
}
