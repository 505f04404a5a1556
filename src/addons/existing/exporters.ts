import type { ExecResult } from '../../transport/transport.js';
import { present } from '../../config/optional-key.js';
import { PORTS } from '../../room/ports.js';
import { itemsOf } from '../../tools/kubernetes-objects.js';
import type { ForeignJson } from '../../tools/foreign-json.js';
import type { ListedService } from '../../tools/services.js';
import { takes } from './selectors.js';
import type { Labels } from './selectors.js';

/** A DaemonSet that runs node-exporter on machines. */
export interface Exporter {
  readonly namespace: string;
  readonly name: string;
  /** The Helm release that it is of. */
  readonly release?: string;
  /** What its pods are known by. */
  readonly pods: Labels;
  /** What its pods carry. */
  readonly podLabels: Labels;
  /** Where it answers in clear. Absent: behind a proxy that wants a login, or where it does not say. */
  readonly port?: { readonly name?: string; readonly number: number };
}

/** Those of all namespaces, by what their images are called. @throws KmonError `command` */
export function parseExporters(result: ExecResult): readonly Exporter[] {
  return itemsOf(result, 'DaemonSets').flatMap((item) => {
    const containers = item.at('spec', 'template', 'spec', 'containers').list;
    const exporter = containers.find((c) => isExporter(imageOf(c)));
    if (exporter === undefined) return [];
    const isBehindProxy = containers.some((c) => imageOf(c).includes('kube-rbac-proxy'));
    const port = isBehindProxy ? undefined : exporter.at('ports').list.map(portOf).find(isInClear);
    const release = item.at('metadata', 'annotations').texts['meta.helm.sh/release-name'];
    return [
      {
        namespace: item.at('metadata', 'namespace').text ?? '',
        name: item.at('metadata', 'name').text ?? '',
        ...present('release', release),
        pods: item.at('spec', 'selector', 'matchLabels').texts,
        podLabels: item.at('spec', 'template', 'metadata', 'labels').texts,
        ...present('port', port),
      },
    ];
  });
}

function imageOf(container: ForeignJson): string {
  return container.at('image').text ?? '';
}

function isExporter(image: string): boolean {
  return /^(?:.*\/)?(?:prometheus-)?node[-_]exporter(?:[:@]|$)/.test(image);
}

function portOf(port: ForeignJson): { readonly name?: string; readonly number: number } | undefined {
  const number = port.at('containerPort').number;
  return number === undefined ? undefined : { number, ...present('name', port.at('name').text) };
}

function isInClear(port: { readonly name?: string } | undefined): boolean {
  return port !== undefined && port.name?.startsWith('https') !== true;
}

/** Whom the machines are asked by. */
export type ExporterToUse =
  | { readonly whose: 'theirs'; readonly exporter: Exporter & Required<Pick<Exporter, 'port'>> }
  /** One of kmon's own, at this port of the machines. `beside`: one that is there and cannot be asked. */
  | { readonly whose: 'own'; readonly port: number; readonly beside?: Exporter };

/** One that comes with kmon, where its usual port is taken. */
export const OTHER_PORT = PORTS.exporter.port + 1;

/** What is there is used, and not doubled. What goes with a release of kmon's whose place this takes does not count. */
export function exporterToUse(
  all: readonly Exporter[],
  own: { readonly namespace: string; readonly releases: readonly string[] },
): ExporterToUse {
  const others = all.filter(
    ({ namespace, release }) =>
      namespace !== own.namespace || release === undefined || !own.releases.includes(release),
  );
  for (const exporter of others) {
    const { port } = exporter;
    if (port !== undefined) return { whose: 'theirs', exporter: { ...exporter, port } };
  }
  const [closed] = others;
  return closed === undefined
    ? { whose: 'own', port: PORTS.exporter.port }
    : { whose: 'own', port: OTHER_PORT, beside: closed };
}

/** A Service with labels that leads to its pods, by which a ServiceMonitor finds them. */
export function serviceOf(
  { namespace, podLabels, port }: Exporter,
  services: readonly ListedService[],
): { readonly labels: Labels; readonly port: string } | undefined {
  for (const { namespace: at, selector = {}, labels, ports } of services) {
    const leads =
      at === namespace &&
      Object.keys(selector).length > 0 &&
      takes({ matchLabels: selector, matchExpressions: [] }, podLabels);
    const found = ports.find((p) => p.name !== undefined && p.port === port?.number);
    if (leads && Object.keys(labels).length > 0 && found?.name !== undefined)
      return { labels, port: found.name };
  }
  return undefined;
}
