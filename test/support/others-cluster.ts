/** What the API answers of a cluster in which somebody has a monitoring already: as kube-prometheus-stack, kube-prometheus or the plain chart make them. */

export interface OthersPrometheus {
  readonly namespace: string;
  readonly name: string;
  /** The release of helm that made it. */
  readonly release?: string;
  /** Of its `spec`: selectors, shards, prefix. */
  readonly spec?: object;
}

const EVERYTHING = Object.fromEntries(
  ['podMonitor', 'serviceMonitor', 'rule', 'scrapeConfig'].flatMap((kind) => [
    [`${kind}Selector`, {}],
    [`${kind}NamespaceSelector`, {}],
  ]),
);

export const TAKES_ALL: OthersPrometheus = { namespace: 'obs', name: 'k8s', spec: EVERYTHING };

/** kube-prometheus-stack of the release `kps`, as it is without further words. */
export const OF_RELEASE: OthersPrometheus = {
  namespace: 'obs',
  name: 'kps',
  spec: Object.fromEntries(
    ['podMonitor', 'serviceMonitor', 'rule', 'scrapeConfig'].flatMap((kind) => [
      [`${kind}Selector`, { matchLabels: { release: 'kps' } }],
      [`${kind}NamespaceSelector`, {}],
    ]),
  ),
};

/** As its operator's first page has it: monitors of Services of one team, of its own namespace, and rules of everybody. */
export const OF_TEAM: OthersPrometheus = {
  namespace: 'obs',
  name: 'frontend',
  spec: {
    serviceMonitorSelector: {
      matchExpressions: [{ key: 'team', operator: 'In', values: ['frontend', 'web'] }],
    },
    ruleSelector: {},
  },
};

export function prometheuses(all: readonly OthersPrometheus[]): string {
  return JSON.stringify({
    items: all.map(({ namespace, name, release, spec = {} }) => ({
      metadata: { namespace, name, ...byHelm(release) },
      spec,
    })),
  });
}

/** What helm notes on all that it makes; the label is of the charts. */
function byHelm(release: string | undefined, labels: Readonly<Record<string, string>> = {}): object {
  if (release === undefined) return { labels };
  return {
    labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': release },
  };
}

export interface ServiceIs {
  readonly namespace: string;
  readonly release?: string;
  readonly name: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Absent: headless. */
  readonly address?: string;
  readonly ports: readonly { readonly name?: string; readonly port: number }[];
}

export function services(all: readonly ServiceIs[]): string {
  return JSON.stringify({
    items: all.map(({ namespace, name, release, selector, labels, address = 'None', ports }) => ({
      metadata: { namespace, name, ...byHelm(release, labels) },
      spec: { clusterIP: address, ports, ...(selector === undefined ? {} : { selector }) },
    })),
  });
}

/** The Services of an operator's Prometheus: the one of its chart, and the one of the operator, which leads to all in the namespace. */
export function servicesOf({ namespace, name }: OthersPrometheus): readonly ServiceIs[] {
  return [
    {
      namespace,
      name: 'prometheus-operated',
      selector: { 'app.kubernetes.io/name': 'prometheus' },
      labels: { 'operated-prometheus': 'true' },
      ports: [{ name: 'web', port: 9090 }],
    },
    {
      namespace,
      name: `${name}-prometheus`,
      selector: { 'app.kubernetes.io/name': 'prometheus', 'operator.prometheus.io/name': name },
      labels: { 'self-monitor': 'true' },
      address: '10.96.0.20',
      ports: [
        { name: 'http-web', port: 9090 },
        { name: 'reloader-web', port: 8080 },
      ],
    },
  ];
}

/** What the community's chart without an operator makes. */
export const PLAIN: ServiceIs = {
  namespace: 'watch',
  name: 'prometheus-server',
  selector: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/component': 'server' },
  labels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/component': 'server' },
  address: '10.96.0.30',
  ports: [{ name: 'http', port: 80 }],
};

/** A cluster that somebody has a monitoring in. */
export interface OthersCluster {
  readonly operated?: readonly OthersPrometheus[];
  /** Beside those of the operators' Prometheus. */
  readonly services?: readonly ServiceIs[];
  readonly exporters?: Parameters<typeof exporters>[0];
  readonly namespaces?: Parameters<typeof namespaces>[0];
  /** What a Prometheus without an operator was told by hand. */
  readonly told?: { readonly pools: readonly string[]; readonly groups: readonly string[] };
}

/** A DaemonSet of node-exporter: as kube-prometheus-stack has it, or behind a proxy as kube-prometheus has it. */
export function exporters(
  all: readonly {
    readonly namespace: string;
    readonly name?: string;
    readonly release?: string;
    readonly image?: string;
    readonly port?: { readonly name?: string; readonly containerPort: number } | undefined;
    readonly proxy?: boolean;
  }[],
): string {
  return JSON.stringify({
    items: all.map(({ namespace, name = 'node-exporter', release, image, port, proxy = false }) => {
      const labels = { 'app.kubernetes.io/name': 'prometheus-node-exporter' };
      return {
        metadata: {
          namespace,
          name,
          ...(release === undefined ? {} : { annotations: { 'meta.helm.sh/release-name': release } }),
        },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels: { ...labels, jobLabel: 'node-exporter' } },
            spec: {
              containers: [
                {
                  image: image ?? 'quay.io/prometheus/node-exporter:v1.12.1',
                  ...(port === undefined ? {} : { ports: [port] }),
                },
                ...(proxy
                  ? [
                      {
                        image: 'quay.io/brancz/kube-rbac-proxy:v0.19.1',
                        ports: [{ name: 'https', containerPort: 9100 }],
                      },
                    ]
                  : []),
              ],
            },
          },
        },
      };
    }),
  });
}

export function namespaces(all: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  return JSON.stringify({
    items: Object.entries(all).map(([name, labels]) => ({
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
    })),
  });
}

/** What `askPrometheus` prints of answers. */
export function answers(...all: readonly object[]): string {
  return all.map((data) => `${JSON.stringify({ status: 'success', data })}\n@@kmon 0\n`).join('');
}

/** What a Prometheus says of its configuration. */
export function knows(pools: readonly string[], groups: readonly string[]): string {
  return answers({ scrapePools: pools }, { groups: groups.map((name) => ({ name })) });
}
