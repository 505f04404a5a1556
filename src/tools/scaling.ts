import { reads, type Command } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';
import type { ForeignJson } from './foreign-json.js';
import { parseForeignJson } from './foreign-json.js';
import { apiPath, getRaw, type Kubectl } from './kubectl.js';
import { itemsOf } from './kubernetes-objects.js';

/** A Service, and by which pods it is answered. */
export interface RoutedService {
  readonly namespace: string;
  readonly name: string;
  /** Absent: it has none of its own. */
  readonly address?: string;
  /** A name outside that it only stands for (ExternalName). */
  readonly standsFor?: string;
  /** Labels of its pods; empty: somebody writes its endpoints. */
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly {
    readonly name?: string;
    readonly port: number;
    readonly nodePort?: number;
  }[];
}

/** The Services of all namespaces; see `parseRoutedServices`. */
export function getAllServices(k: Kubectl): Command<'reads'> {
  return getRaw(k, '/api/v1/services');
}

/** @throws KmonError `command` when it is no list of Services. */
export function parseRoutedServices(result: ExecResult): readonly RoutedService[] {
  return itemsOf(result, 'services').map((item) => {
    const spec = item.at('spec');
    const [address, outside] = [spec.at('clusterIP').text, spec.at('externalName').text];
    return {
      namespace: item.at('metadata', 'namespace').text ?? '',
      name: item.at('metadata', 'name').text ?? '',
      ...(address === undefined || address === '' || address === 'None' ? {} : { address }),
      ...(spec.at('type').text === 'ExternalName' ? { standsFor: outside ?? '' } : {}),
      selector: spec.at('selector').texts,
      ports: spec.at('ports').list.flatMap((p) => {
        const [name, port, nodePort] = [p.at('name').text, p.at('port').number, p.at('nodePort').number];
        if (port === undefined || (p.at('protocol').text ?? 'TCP') !== 'TCP') return [];
        return [
          {
            port,
            ...(name === undefined ? {} : { name }),
            ...(nodePort === undefined ? {} : { nodePort }),
          },
        ];
      }),
    };
  });
}

/** The pods, of whatever namespace, that have this address. */
export function getPodsAt(k: Kubectl, address: string): Command<'reads'> {
  return getRaw(k, `/api/v1/pods?fieldSelector=${encodeURIComponent(`status.podIP=${address}`)}`);
}

/** What is behind a Service. */
export interface Endpoint {
  readonly address: string;
  /** All that it is asked at. */
  readonly ports: readonly number[];
}

/** By its EndpointSlices, of IPv4 and IPv6, each address once. @throws KmonError `command` when it is no list. */
export function parseEndpoints(result: ExecResult): readonly Endpoint[] {
  const found = new Map<string, Set<number>>();
  for (const slice of itemsOf(result, 'endpoints')) {
    const ports = slice.at('ports').list.flatMap((p) => p.at('port').number ?? []);
    for (const address of slice
      .at('endpoints')
      .list.flatMap((e) => e.at('addresses').list.flatMap((a) => a.text ?? [])))
      found.set(address, new Set([...(found.get(address) ?? []), ...ports]));
  }
  return [...found].map(([address, ports]) => ({ address, ports: [...ports] }));
}

/** Kinds of workload whose number of pods can be told, by their place in the API. */
const KINDS = {
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  replicasets: 'ReplicaSet',
} as const;

export type ScaledKind = (typeof KINDS)[keyof typeof KINDS];

/** What makes the pods behind a Service, and how many there are of them. */
export interface ScaledWorkload {
  readonly kind: ScaledKind;
  readonly name: string;
  /** Labels of the pods that it makes. */
  readonly labels: Readonly<Record<string, string>>;
  readonly wanted: number;
  readonly ready: number;
}

/** What a HorizontalPodAutoscaler thinks now. */
export interface Autoscaler {
  readonly name: string;
  /** What it scales. */
  readonly of: { readonly kind: string; readonly name: string };
  readonly least: number;
  readonly most: number;
  readonly current: number;
  readonly desired: number;
  /** What it goes by, such as "cpu 180 % of 60 %"; "?" for a value that it does not have. */
  readonly metrics: readonly string[];
}

/** What a pod uses of processors, as a metrics-server says, in whole ones. */
export interface PodUse {
  readonly labels: Readonly<Record<string, string>>;
  readonly cores: number;
}

export interface Scaling {
  readonly workloads: readonly ScaledWorkload[];
  readonly autoscalers: readonly Autoscaler[];
  /** Of all pods of the namespace; empty without a metrics-server. */
  readonly uses: readonly PodUse[];
}

const HPAS = 'horizontalpodautoscalers';
const PODS = 'pods';

/** The workloads and autoscalers of a namespace, and what its pods use, in one command; exit 0 whatever comes of it. See `parseScaling`. */
export function askScaling(k: Kubectl, namespace: string): Command<'reads'> {
  const of = (group: string, version: string, kind: string): Command<'reads'> =>
    reads`printf '@@kmon %s\n' ${kind}
${getRaw(k, apiPath('apis', group, version, 'namespaces', namespace, kind))} 2>/dev/null || true
echo`;
  const asked = [
    ...Object.keys(KINDS).map((kind) => of('apps', 'v1', kind)),
    of('autoscaling', 'v2', HPAS),
    of('metrics.k8s.io', 'v1beta1', PODS),
  ];
  return { effect: 'reads', script: asked.map((c) => c.script).join('\n') };
}

/**
 * What the API told; of a kind that it did not tell, nothing. A ReplicaSet of a Deployment is left out: that is the Deployment's.
 *
 * @throws KmonError `command` when it told something that is no JSON.
 */
export function parseScaling(result: ExecResult): Scaling {
  const parts = new Map(
    result.stdout.split(/^@@kmon /m).flatMap((part) => {
      const [kind = '', ...lines] = part.split('\n');
      const json = lines.find((line) => line.startsWith('{'));
      return json === undefined ? [] : [[kind, parseForeignJson(json, 'kubectl').at('items').list] as const];
    }),
  );
  const workloads = Object.entries(KINDS).flatMap(([place, kind]) =>
    (parts.get(place) ?? [])
      .filter((item) => kind !== 'ReplicaSet' || item.at('metadata', 'ownerReferences').list.length === 0)
      .map((item) => workload(kind, item)),
  );
  return {
    workloads,
    autoscalers: (parts.get(HPAS) ?? []).map(autoscaler),
    uses: (parts.get(PODS) ?? []).map(podUse),
  };
}

function podUse(item: ForeignJson): PodUse {
  const used = item.at('containers').list.map((c) => coresIn(c.at('usage', 'cpu').text ?? ''));
  return {
    labels: item.at('metadata', 'labels').texts,
    cores: used.reduce((sum, cores) => sum + cores, 0),
  };
}

/** Parts of one, by the letter behind the number. */
const PARTS: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, '': 1 };

/** "12345678n", "12m" or "2" as whole processors; 0 for what is no such quantity. */
function coresIn(quantity: string): number {
  const [, number = '0', part = ''] = /^(\d+(?:\.\d+)?)([num]?)$/.exec(quantity) ?? [];
  return Number(number) * (PARTS[part] ?? 0);
}

function workload(kind: ScaledKind, item: ForeignJson): ScaledWorkload {
  const status = item.at('status');
  const daemon = kind === 'DaemonSet';
  return {
    kind,
    name: item.at('metadata', 'name').text ?? '',
    labels: item.at('spec', 'template', 'metadata', 'labels').texts,
    wanted: daemon
      ? (status.at('desiredNumberScheduled').number ?? 0)
      : (item.at('spec', 'replicas').number ?? 1),
    ready: status.at(daemon ? 'numberReady' : 'readyReplicas').number ?? 0,
  };
}

function autoscaler(item: ForeignJson): Autoscaler {
  const [spec, status] = [item.at('spec'), item.at('status')];
  const now = status.at('currentMetrics').list;
  return {
    name: item.at('metadata', 'name').text ?? '',
    of: {
      kind: spec.at('scaleTargetRef', 'kind').text ?? '',
      name: spec.at('scaleTargetRef', 'name').text ?? '',
    },
    least: spec.at('minReplicas').number ?? 1,
    most: spec.at('maxReplicas').number ?? 0,
    current: status.at('currentReplicas').number ?? 0,
    desired: status.at('desiredReplicas').number ?? 0,
    metrics: spec.at('metrics').list.map((wanted) => metricText(wanted, now)),
  };
}

function metricText(wanted: ForeignJson, now: readonly ForeignJson[]): string {
  const type = wanted.at('type').text ?? '';
  // "Resource" has its values under "resource", "ContainerResource" under "containerResource", and so on.
  const place = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`;
  const nameOf = (metric: ForeignJson): string =>
    metric.at(place, 'name').text ?? metric.at(place, 'metric', 'name').text ?? '';
  const name = nameOf(wanted);
  const current = now.find((metric) => metric.at('type').text === type && nameOf(metric) === name);
  const target = wanted.at(place, 'target');
  const value = current?.at(place, 'current');
  const [percent, percentNow] = [
    target.at('averageUtilization').number,
    value?.at('averageUtilization').number,
  ];
  if (percent !== undefined) return `${name} ${percentNow ?? '?'} % of ${percent} %`;
  const amount = (of: ForeignJson | undefined): string =>
    of?.at('averageValue').text ?? of?.at('value').text ?? '?';
  return `${name} ${amount(value)} of ${amount(target)}`;
}

/** Whether every label of the selector is among these, and there is one at all. */
export function isSelected(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
