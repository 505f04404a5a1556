import { APP_LABEL, WATCH_LABEL, appName } from './marks.js';

/** Of the operator's kinds. */
const GROUP = 'monitoring.coreos.com';

/** What an operator's Prometheus is to ask. */
export interface Monitored {
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly intervalSeconds: number;
  /** What the monitor carries, where a Prometheus wants more of it than `MONITOR_LABELS`. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The operator's kinds that say what is asked for metrics, each by the name of its definition. */
export const MONITOR_DEFINITIONS: readonly string[] = ['servicemonitors', 'podmonitors'].map(
  (kind) => `${kind}.${GROUP}`,
);

/** What the monitors of watched applications carry: by the first two they are found, by the last they are known from those of charts. */
export const MONITOR_LABELS = {
  'app.kubernetes.io/managed-by': 'kmon',
  [WATCH_LABEL]: 'monitor',
  'kmon/addon': 'watch-app',
} as const;

/** As a selector. By both: somebody may have made one of kmon's their own. */
export const MONITORS = `${WATCH_LABEL}=monitor,app.kubernetes.io/managed-by=kmon`;

/**
 * What one application may have of series at a time. A hundred times what a usual one has, and a hundredth of what Prometheus has room for: one whose
 * labels never end must not take the measuring of the room along. The small chart has the same figure.
 */
export const SERIES_AT_MOST = 10_000;

export function monitorName(app: string): string {
  return `kmon-watch-${app}`;
}

/** The monitor of a Service that is marked. A port without a name is known by where it leads. */
export function serviceMonitor(
  app: Monitored,
  port: { readonly name?: string; readonly targetPort?: string | number },
): object {
  return {
    ...head('ServiceMonitor', app),
    spec: {
      sampleLimit: SERIES_AT_MOST,
      selector: { matchLabels: { [WATCH_LABEL]: app.name } },
      endpoints: [
        {
          ...(port.name === undefined ? { targetPort: port.targetPort } : { port: port.name }),
          ...asking(app),
        },
      ],
    },
  };
}

/** The monitor of pods that no Service leads to, by the labels of what made them. */
export function podMonitor(
  app: Monitored,
  port: { readonly name?: string; readonly number: number },
  matchLabels: Readonly<Record<string, string>>,
): object {
  return {
    ...head('PodMonitor', app),
    spec: {
      sampleLimit: SERIES_AT_MOST,
      selector: { matchLabels },
      podMetricsEndpoints: [
        {
          ...(port.name === undefined ? { portNumber: port.number } : { port: port.name }),
          ...asking(app),
        },
      ],
    },
  };
}

function head(kind: string, { namespace, name, labels = MONITOR_LABELS }: Monitored): object {
  return {
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata: { name: monitorName(name), namespace, labels },
  };
}

/** The job has the namespace in it: a Service that is called as a job of the room must not pass for it. */
function asking(app: Monitored): object {
  return {
    path: app.path,
    interval: `${app.intervalSeconds}s`,
    scrapeTimeout: `${Math.max(1, app.intervalSeconds - 1)}s`,
    relabelings: [
      { targetLabel: 'job', replacement: appName(app) },
      { targetLabel: APP_LABEL, replacement: appName(app) },
      { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' },
    ],
  };
}
