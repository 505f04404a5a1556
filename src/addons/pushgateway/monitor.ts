/** Where Pushgateway is. The small monitoring's Prometheus looks into this namespace by itself, see its chart. */
export const PUSHED_TO = { namespace: 'kmon-pushgateway', name: 'kmon-pushgateway', port: 9091 } as const;

/** What all of what was pushed may have of series at a time; the small chart has the same figure. */
const SERIES_AT_MOST = 10_000;

/**
 * What may not be pushed: who pushes names the job and the machine that it speaks for, and must not pass for a machine of the room, for what
 * Prometheus notes itself, or for what is reckoned of others (names with a colon). The small chart has the same.
 */
const REFUSED: readonly { readonly sourceLabel: string; readonly regex: string }[] = [
  { sourceLabel: '__name__', regex: 'up|scrape_.+|ALERTS.*|.*:.*' },
  { sourceLabel: 'job', regex: 'node-exporter|observed|probe|prometheus|kubelet|apiserver|kube-.+' },
];

/** What tells the operator's Prometheus to ask it, and to leave the labels of what was pushed as they are. */
export function pushgatewayMonitor(
  labels: Readonly<Record<string, string>>,
  intervalSeconds: number,
): object {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: PUSHED_TO.name, namespace: PUSHED_TO.namespace, labels },
    spec: {
      sampleLimit: SERIES_AT_MOST,
      selector: { matchLabels: labels },
      endpoints: [
        {
          port: 'http',
          honorLabels: true,
          interval: `${intervalSeconds}s`,
          scrapeTimeout: `${Math.max(1, intervalSeconds - 1)}s`,
          relabelings: [{ targetLabel: 'job', replacement: 'pushgateway' }],
          metricRelabelings: REFUSED.map(({ sourceLabel, regex }) => ({
            action: 'drop',
            sourceLabels: [sourceLabel],
            regex,
          })),
        },
      ],
    },
  };
}
