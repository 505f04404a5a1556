import { PORTS } from '../../room/ports.js';
import type { Asked } from './targets.js';

/** Where blackbox-exporter is. The small monitoring's Prometheus looks into this namespace by itself, see its chart. */
export const BLACKBOX = { namespace: 'kmon-blackbox', name: 'kmon-blackbox', port: 9115 } as const;

/** The ways of asking a machine, by the names that they have in the configuration of blackbox-exporter. */
export type Way = 'ping' | 'kubelet';

/** One question of Prometheus to blackbox-exporter. */
interface Probe {
  readonly way: Way;
  readonly target: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** All that is asked; a guest by its kubelet alone, since a ping would be answered by its laptop. Every series has by `probe` the way, and by `node` and `instance` the machine, as the exporter of that machine has. */
export function probesOf(asked: readonly Asked[]): readonly Probe[] {
  return asked.flatMap((machine): readonly Probe[] => {
    const labels = {
      node: machine.name,
      instance: machine.name,
      role: machine.role,
      ...(machine.team === undefined ? {} : { team: machine.team }),
    };
    return [
      ...(machine.guest === true ? [] : [{ way: 'ping' as const, target: machine.address, labels }]),
      ...(machine.isNode
        ? [
            {
              way: 'kubelet' as const,
              target: `https://${machine.address}:${PORTS.kubelet.port}/healthz`,
              labels,
            },
          ]
        : []),
    ];
  });
}

/** A guest that has not joined is asked for nothing. */
function isAsked({ guest, isNode }: Asked): boolean {
  return guest !== true || isNode;
}

/** The same for an operator's Prometheus, one object a way. */
export function scrapeConfigs(
  asked: readonly Asked[],
  labels: Readonly<Record<string, string>>,
  intervalSeconds: number,
): readonly object[] {
  const probes = probesOf(asked);
  const ways = [...new Set(probes.map(({ way }) => way))];
  return ways.map((way) => ({
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'ScrapeConfig',
    metadata: { name: `${BLACKBOX.name}-${way}`, namespace: BLACKBOX.namespace, labels },
    spec: {
      jobName: 'probe',
      scrapeInterval: `${intervalSeconds}s`,
      scrapeTimeout: `${Math.max(1, intervalSeconds - 1)}s`,
      scheme: 'HTTP',
      metricsPath: '/probe',
      params: { module: [way] },
      staticConfigs: probes
        .filter((probe) => probe.way === way)
        .map((probe) => ({ targets: [probe.target], labels: { probe: way, ...probe.labels } })),
      relabelings: [
        { sourceLabels: ['__address__'], targetLabel: '__param_target' },
        {
          targetLabel: '__address__',
          replacement: `${BLACKBOX.name}.${BLACKBOX.namespace}.svc:${BLACKBOX.port}`,
        },
      ],
    },
  }));
}

/**
 * The same for the small monitoring, whose Prometheus has a fixed list of what it asks: a Service that leads to nobody's pods, with an
 * EndpointSlice a machine, in which Prometheus looks who there is. The port's name is the way.
 */
export function probeObjects(
  asked: readonly Asked[],
  labels: Readonly<Record<string, string>>,
): readonly object[] {
  const service = `${BLACKBOX.name}-machines`;
  const port = { protocol: 'TCP', port: PORTS.kubelet.port };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service, namespace: BLACKBOX.namespace, labels },
      spec: { clusterIP: 'None', ports: [{ name: 'kubelet', ...port, targetPort: port.port }] },
    },
    ...asked.filter(isAsked).map(({ name, address, role, team, isNode, guest }) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${service}-${name}`,
        namespace: BLACKBOX.namespace,
        labels: {
          ...labels,
          'kubernetes.io/service-name': service,
          'endpointslice.kubernetes.io/managed-by': 'kmon',
          'kmon/machine': name,
          'kmon/role': role,
          ...(team === undefined ? {} : { 'kmon/team': team }),
        },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      // Nothing is asked at the port of a ping.
      ports: [
        ...(guest === true ? [] : [{ name: 'ping', ...port }]),
        ...(isNode ? [{ name: 'kubelet', ...port }] : []),
      ],
    })),
  ];
}
