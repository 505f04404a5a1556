import type { ExecResult } from '../../transport/transport.js';
import { isObjectThere, itemsOf, releaseOf } from '../../tools/kubernetes-objects.js';
import type { ForeignJson } from '../../tools/foreign-json.js';
import type { ListedService } from '../../tools/services.js';
import { parseSelector, takes } from './selectors.js';
import type { Labels, Selector } from './selectors.js';

/** The operator's kinds of object that kmon brings, by the name that the object of Prometheus has for them. */
export const KINDS = {
  podMonitor: 'PodMonitor',
  serviceMonitor: 'ServiceMonitor',
  rule: 'PrometheusRule',
  scrapeConfig: 'ScrapeConfig',
} as const;
export type Kind = keyof typeof KINDS;

/** Which objects of a kind a Prometheus takes. */
export interface Takes {
  /** Absent: none. */
  readonly objects?: Selector;
  /** Absent: of its own namespace alone. */
  readonly namespaces?: Selector;
}

/** A Prometheus that an operator keeps, as its object says. */
export interface Operated {
  readonly namespace: string;
  readonly name: string;
  /** The release of helm that has made it. */
  readonly release?: string;
  /** Over how many of it the machines are spread: of more than one none knows all. */
  readonly shards: number;
  /** What its paths begin with; absent: nothing. */
  readonly prefix?: string;
  /** A monitor reaches no other namespace than its own. */
  readonly staysInNamespace: boolean;
  readonly takes: Readonly<Record<Kind, Takes>>;
  /** What its pods carry, for the Services that lead to them. */
  readonly podLabels: Labels;
}

/** What there is of them; empty where no operator has brought its kinds. @throws KmonError `command` */
export function parseOperated(result: ExecResult): readonly Operated[] {
  return isObjectThere(result) ? itemsOf(result, 'objects').map(operated) : [];
}

function operated(item: ForeignJson): Operated {
  const spec = item.at('spec');
  const name = item.at('metadata', 'name').text ?? '';
  const prefix = (spec.at('routePrefix').text ?? '').replace(/\/+$/, '');
  const of = (kind: Kind): Takes => {
    const [objects, namespaces] = [`${kind}Selector`, `${kind}NamespaceSelector`].map((key) =>
      parseSelector(spec.at(key)),
    );
    return {
      ...(objects === undefined ? {} : { objects }),
      ...(namespaces === undefined ? {} : { namespaces }),
    };
  };
  return {
    namespace: item.at('metadata', 'namespace').text ?? '',
    name,
    ...releaseOf(item),
    shards: spec.at('shards').number ?? 1,
    ...(prefix === '' ? {} : { prefix }),
    staysInNamespace: spec.at('ignoreNamespaceSelectors').flag ?? false,
    takes: {
      podMonitor: of('podMonitor'),
      serviceMonitor: of('serviceMonitor'),
      rule: of('rule'),
      scrapeConfig: of('scrapeConfig'),
    },
    // Source: prometheus-operator, pkg/prometheus/server/statefulset.go.
    podLabels: {
      ...spec.at('podMetadata', 'labels').texts,
      'app.kubernetes.io/name': 'prometheus',
      'app.kubernetes.io/managed-by': 'prometheus-operator',
      'app.kubernetes.io/instance': name,
      'operator.prometheus.io/name': name,
      'operator.prometheus.io/shard': '0',
      prometheus: name,
    },
  };
}

/** Whether a Service leads to its pods. */
export function leadsTo({ namespace, selector = {} }: ListedService, to: Operated): boolean {
  if (namespace !== to.namespace || Object.keys(selector).length === 0) return false;
  return takes({ matchLabels: selector, matchExpressions: [] }, to.podLabels);
}
