import type { Config } from '../../config/config.js';
import { waysOf } from '../../config/sections/alerts.js';
import { lookingStage, onParent, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { getServices } from '../../tools/kubectl.js';
import { parseServices } from '../../tools/services.js';
import type { ListedService } from '../../tools/services.js';
import { clusterThere } from './cluster-there.js';
import { alertmanagerOf, prometheusOf } from './metrics.js';

/** What of the monitoring has pages for a browser. */
export const PAGES = ['grafana', 'prometheus', 'alertmanager'] as const;
export type Page = (typeof PAGES)[number];

/** What the cluster says of them. */
export interface PagesSeen {
  /** Of the namespace of the monitoring. */
  readonly services: readonly ListedService[];
  /** The address at which the parent's ports are reached. */
  readonly parentAddress?: string;
}

/** Asks where the pages of the monitoring are. */
export const askPages = lookingStage<PagesSeen>({
  id: 'pages',
  title: 'Ask where the pages are',
  after: onParent(clusterThere),
  on: 'cluster',
  look: async (c) => {
    const { namespace } = c.config.monitoring;
    const services = parseServices(await c.cluster.query(getServices(c.cluster.kubectl, namespace)));
    const parent = (await clusterNodes(c)).find((n) => n.name === c.config.room.parent.name);
    return {
      services,
      ...(parent?.internalIp === undefined ? {} : { parentAddress: parent.internalIp }),
    };
  },
  judge: ({ services }) => satisfied(`${services.length} services`),
});

/** Where a page is found. */
export interface PlaceOfPage {
  /** In the cluster, from the parent. */
  readonly host: string;
  readonly port: number;
  /** For everybody in the room; absent: no port of the parent leads to it. */
  readonly forEverybody?: string;
}

/** @throws KmonError `precondition` that says why there is no such page, and how to come to it */
export function placeOf(page: Page, { services, parentAddress }: PagesSeen, config: Config): PlaceOfPage {
  const found = serviceOf(page, services, config);
  const port = found === undefined ? undefined : portOf(found);
  if (found?.address === undefined || port === undefined) throw notThere(page, services, config);
  return {
    host: found.address,
    port: port.port,
    ...(port.nodePort === undefined || parentAddress === undefined
      ? {}
      : { forEverybody: `http://${parentAddress}:${port.nodePort}/` }),
  };
}

/** The Service of a page; `undefined`: it is not in this cluster. */
export function serviceOf(
  page: Page,
  services: readonly ListedService[],
  config: Config,
): ListedService | undefined {
  return services.find((service) => isOf(page, service, config));
}

/** Where its pages are, of several ports. */
export function portOf({ ports }: ListedService): ListedService['ports'][number] | undefined {
  return ports.find(({ name }) => name?.startsWith('http') !== false) ?? ports[0];
}

function isOf(page: Page, { name, labels }: ListedService, config: Config): boolean {
  switch (page) {
    case 'grafana':
      return labels['app.kubernetes.io/name'] === 'grafana';
    case 'prometheus':
      return name === prometheusOf(config).service;
    case 'alertmanager':
      return name === alertmanagerOf(config).service;
  }
}

function notThere(page: Page, services: readonly ListedService[], config: Config): KmonError {
  const isAbsent = !services.some((service) => isOf('prometheus', service, config));
  if (page === 'prometheus' || isAbsent) {
    return new KmonError('precondition', 'there is no monitoring in this cluster', {
      hint: 'run `kmon deploy-monitoring` first',
    });
  }
  return page === 'grafana' ? noGrafana(config) : noAlertmanager(config);
}

function noGrafana({ monitoring }: Config): KmonError {
  if (!monitoring.grafana) {
    return new KmonError(
      'precondition',
      'Grafana is switched off in kmon.yaml (monitoring.grafana.enabled)',
      {
        hint: 'switch it on there and run `kmon deploy-monitoring`, or look without it: `kmon top`, `kmon open prometheus`',
      },
    );
  }
  return new KmonError(
    'precondition',
    'Grafana is not in this room: it was left out when the monitoring was deployed',
    {
      hint: 'what the room is served from needs its image; then run `kmon deploy-monitoring`. Without it: `kmon top`, `kmon open prometheus`',
    },
  );
}

/** The small monitoring has one only where alerts leave the room; kube-prometheus-stack has one unless the room's own values say otherwise. */
function noAlertmanager({ monitoring }: Config): KmonError {
  if (monitoring.profile === 'lite' && waysOf(monitoring.alerts).length === 0) {
    return new KmonError(
      'precondition',
      'there is no Alertmanager in this room: kmon.yaml names nowhere to send alerts',
      {
        hint: 'write monitoring.alerts into kmon.yaml, such as {webhook: {urlFile: webhook.txt}}, and run `kmon deploy-monitoring`; what fires is shown without it: `kmon alerts`',
      },
    );
  }
  return new KmonError(
    'precondition',
    'there is no Alertmanager in this room: it was left out when the monitoring was deployed',
    {
      hint: `${monitoring.profile === 'stack' ? 'where monitoring.values switches it off, change that there; then run' : 'run'} \`kmon deploy-monitoring\`; what fires is shown without it: \`kmon alerts\``,
    },
  );
}
