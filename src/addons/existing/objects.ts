import type { Config } from '../../config/config.js';
import { SHIPPED, shippedDashboard } from '../../dashboards/shipped.js';
import { JOB_AMONG_OTHERS, underJob } from '../../observe/exporter-job.js';
import { PORTS } from '../../room/ports.js';
import type { Observed } from '../../room/machine.js';
import type { TemplateValue } from '../../render/render.js';
import { scrapeConfig } from '../observed-computers.js';
import { OWN_FOLDER, ownDashboards } from '../own-dashboards.js';
import { SHIPPED_FOLDER, sidecarDashboards } from '../sidecar-dashboards.js';
import { machineLabels } from './machine-labels.js';
import type { NamedMachine, Relabeling } from './machine-labels.js';
import { MONITOR, RULES } from './names.js';
import type { Place } from './places.js';
import type { Labels } from './selectors.js';

/** Of the operator's kinds. */
const API = 'monitoring.coreos.com/v1';

const LABELS = { 'kmon/addon': 'existing' };

/** What the small chart calls the pods of its exporter. */
export const OWN_PODS = { 'app.kubernetes.io/name': 'node-exporter', 'app.kubernetes.io/part-of': 'kmon' };

/** Leads to the exporters that kmon brings, for a Prometheus that takes no monitors of pods. */
export function ownService(namespace: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kmon-node-exporter', namespace, labels: OWN_PODS },
    spec: {
      clusterIP: 'None',
      selector: OWN_PODS,
      ports: [{ name: 'metrics', port: PORTS.exporter.port, targetPort: 'metrics' }],
    },
  };
}

/** Which pods, or which Services, a monitor has asked. */
export interface Monitored {
  readonly kind: 'PodMonitor' | 'ServiceMonitor';
  readonly namespace: string;
  readonly labels: Labels;
  /** Of the pods or of the Service; a pod's may have a number alone. */
  readonly port: string | number;
}

/** The monitor that has the exporters asked, and gives what they say the names that kmon knows the machines by. */
export function machineMonitor(
  of: Monitored,
  { namespace, labels }: Place,
  machines: readonly NamedMachine[],
  intervalSeconds: number,
): object {
  const endpoint = {
    ...(typeof of.port === 'string' ? { port: of.port } : { portNumber: of.port }),
    path: '/metrics',
    interval: `${intervalSeconds}s`,
    scrapeTimeout: `${Math.max(1, intervalSeconds - 1)}s`,
    relabelings: machineLabels(machines, JOB_AMONG_OTHERS, '__meta_kubernetes_pod_node_name').map(
      operatorsWords,
    ),
  };
  return {
    apiVersion: API,
    kind: of.kind,
    metadata: { name: MONITOR, namespace, labels },
    spec: {
      namespaceSelector: { matchNames: [of.namespace] },
      selector: { matchLabels: of.labels },
      ...(of.kind === 'PodMonitor' ? { podMetricsEndpoints: [endpoint] } : { endpoints: [endpoint] }),
    },
  };
}

function operatorsWords({ from, regex, to, value }: Relabeling): object {
  return {
    ...(from === undefined ? {} : { sourceLabels: [from] }),
    ...(regex === undefined ? {} : { regex }),
    targetLabel: to,
    ...(value === undefined ? {} : { replacement: value }),
  };
}

/** What the operator calls a pool of what a monitor has asked (prometheus-operator, pkg/prometheus/promcfg.go). */
export function poolOf({ kind }: Pick<Monitored, 'kind'>, { namespace }: Pick<Place, 'namespace'>): string {
  return `${kind === 'PodMonitor' ? 'podMonitor' : 'serviceMonitor'}/${namespace}/${MONITOR}/0`;
}

/** kmon's own rules and alerts, for machines under the job that they have there. */
export function existingRules(groups: readonly TemplateValue[], { namespace, labels }: Place): object {
  return {
    apiVersion: API,
    kind: 'PrometheusRule',
    metadata: { name: RULES, namespace, labels },
    spec: { groups },
  };
}

export function observedObjects(
  observed: readonly Observed[],
  place: Place,
  intervalSeconds: number,
): readonly object[] {
  return observed.map((computer) => scrapeConfig(computer, { ...place, intervalSeconds }));
}

/**
 * The dashboards as a sidecar of Grafana finds them, by the label that most charts have for it, and those of the room's own, as they are. Whether there
 * is one nobody can see from here.
 */
export async function existingDashboards({
  monitoring,
}: Pick<Config, 'monitoring'>): Promise<readonly object[]> {
  const { namespace } = monitoring;
  const shipped = await Promise.all(
    SHIPPED.map(async (name) => ({
      name,
      data: { [`${name}.json`]: underJob(await shippedDashboard(name), JOB_AMONG_OTHERS) },
    })),
  );
  const own = Object.fromEntries((await ownDashboards({ monitoring })).map(({ file, text }) => [file, text]));
  return [
    ...shipped.map(({ name, data }) =>
      sidecarDashboards({ name: `${name}-existing`, namespace, folder: SHIPPED_FOLDER }, LABELS, data),
    ),
    ...(Object.keys(own).length === 0
      ? []
      : [sidecarDashboards({ name: 'kmon-class-existing', namespace, folder: OWN_FOLDER }, LABELS, own)]),
  ];
}
