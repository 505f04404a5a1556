import { OWN_PROMETHEUS, prometheusOf } from '../../addons/asked-prometheus.js';
import { DASHBOARD } from '../../addons/dashboard/names.js';
import type { Config } from '../../config/config.js';
import { waysOf } from '../../config/sections/alerts.js';
import type { Context, Stage } from '../../engine/stage.js';
import { lookingStage, onParent, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { clusterNodes } from '../../cluster/nodes.js';
import { parseEndpoints } from '../../tools/app-service.js';
import { getAllServices, getEndpoints, getServices } from '../../tools/kubectl.js';
import type { PrometheusService } from '../../tools/prometheus.js';
import { parseServices, portOf } from '../../tools/services.js';
import type { ListedService } from '../../tools/services.js';
import { clusterThere } from './cluster-there.js';
import { measured } from './measured.js';
import { alertmanagerOf } from './metrics.js';

/** What of the monitoring has pages for a browser. */
const MONITORING_PAGES = ['grafana', 'prometheus', 'alertmanager'] as const;

/** The same, and what an add-on has. */
export const PAGES = [...MONITORING_PAGES, 'dashboard'] as const;
export type Page = (typeof PAGES)[number];

/** What the cluster says of them. */
export interface PagesSeen {
  /** Of the namespace of the monitoring; where somebody else's is used, those that lead to pages, wherever they are. */
  readonly services: readonly ListedService[];
  /** The Prometheus of somebody else's that is used. */
  readonly prometheus?: PrometheusService;
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
    const { namespace, profile } = c.config.monitoring;
    const pages = profile === 'existing' ? await othersPages(c) : await servicesIn(namespace, c);
    return { ...pages, ...(await addressOf(c)) };
  },
  judge: ({ services }) => satisfied(inWords(services)),
});

/** The same behind the monitoring in one run, which may be only planned. */
export const pagesThen: Stage<PagesSeen> = {
  ...askPages,
  id: 'pages-then',
  after: onParent(measured),
  foresee: () => ({ services: [] }),
};

/** The same of the add-on dashboard, which needs no monitoring. */
export const askDashboard = lookingStage<PagesSeen>({
  id: 'dashboard-pages',
  title: 'Ask where the dashboard is',
  after: onParent(clusterThere),
  on: 'cluster',
  look: async (c) => ({ ...(await servicesIn(DASHBOARD.namespace, c)), ...(await addressOf(c)) }),
  judge: ({ services }) => satisfied(inWords(services)),
});

async function servicesIn(namespace: string, { cluster }: Context): Promise<Pick<PagesSeen, 'services'>> {
  return { services: parseServices(await cluster.query(getServices(cluster.kubectl, namespace))) };
}

async function addressOf(c: Context): Promise<Pick<PagesSeen, 'parentAddress'>> {
  const parent = (await clusterNodes(c)).find((n) => n.name === c.config.room.parent.name);
  return parent?.internalIp === undefined ? {} : { parentAddress: parent.internalIp };
}

function inWords(services: readonly ListedService[]): string {
  return `${services.length} services`;
}

/** Where a page is found. */
export interface PlaceOfPage {
  /** In the cluster, from the parent. */
  readonly host: string;
  readonly port: number;
  /** For everybody in the room; absent: no port of the parent leads to it. */
  readonly forEverybody?: string;
}

/** @throws KmonError `precondition` that says why there is no such page, and how to come to it */
export function placeOf(page: Page, seen: PagesSeen, config: Config): PlaceOfPage {
  const { services, parentAddress, prometheus } = seen;
  const found = serviceOf(page, services, config, prometheus);
  const named =
    page === 'prometheus' ? found?.ports.find(({ name }) => name === prometheus?.port) : undefined;
  const port = named ?? (found === undefined ? undefined : portOf(found));
  if (found?.address === undefined || port === undefined) throw notThere(page, seen, config);
  return {
    host: found.address,
    port: port.port,
    ...(port.nodePort === undefined || parentAddress === undefined
      ? {}
      : { forEverybody: `http://${parentAddress}:${port.nodePort}/` }),
  };
}

/** The Services of kmon's own monitoring that have pages. */
export function pagesOf(
  services: readonly ListedService[],
  config: Config,
): readonly {
  readonly page: Page;
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}[] {
  return MONITORING_PAGES.flatMap((page) => {
    const found = serviceOf(page, services, config);
    const port = found === undefined ? undefined : portOf(found)?.port;
    if (found === undefined || port === undefined) return [];
    return [{ page, namespace: found.namespace, service: found.name, port }];
  });
}

/**
 * The Service of a page; `undefined`: it is not in this cluster.
 *
 * @param prometheus the one of somebody else's, where that is used
 */
export function serviceOf(
  page: Page,
  services: readonly ListedService[],
  config: Config,
  prometheus?: PrometheusService,
): ListedService | undefined {
  const all = services.filter((service) => isOf(page, service, config, prometheus));
  return all.find(({ address }) => address !== undefined) ?? all[0];
}

function isOf(
  page: Page,
  { namespace, name, labels, selector }: ListedService,
  config: Config,
  prometheus: PrometheusService | undefined,
): boolean {
  const isCalled = (what: string): boolean =>
    [labels, selector].some((of) => of?.['app.kubernetes.io/name'] === what);
  switch (page) {
    case 'grafana':
      return labels['app.kubernetes.io/name'] === 'grafana';
    case 'prometheus':
      return prometheus === undefined
        ? name === OWN_PROMETHEUS
        : name === prometheus.service && namespace === prometheus.namespace;
    case 'alertmanager':
      return prometheus === undefined
        ? name === alertmanagerOf(config).service
        : isCalled('alertmanager') || labels['operated-alertmanager'] === 'true';
    case 'dashboard':
      return namespace === DASHBOARD.namespace && name === DASHBOARD.name;
  }
}

/** Where somebody else's pages are. One that has no address of its own is where the first of its pods is. */
async function othersPages(c: Context): Promise<Pick<PagesSeen, 'services' | 'prometheus'>> {
  const prometheus = await prometheusOf(c);
  const all = parseServices(await c.cluster.query(getAllServices(c.cluster.kubectl)));
  const services: ListedService[] = [];
  for (const page of MONITORING_PAGES) {
    const found = serviceOf(page, all, c.config, prometheus);
    if (found !== undefined) services.push(found.address === undefined ? await atItsPod(found, c) : found);
  }
  return { services, prometheus };
}

async function atItsPod(service: ListedService, { cluster }: Context): Promise<ListedService> {
  const port = portOf(service);
  const asked = getEndpoints(cluster.kubectl, service.namespace, service.name);
  const [pod] = parseEndpoints(await cluster.query(asked), port?.name).filter(({ ready }) => ready);
  return pod === undefined
    ? service
    : { ...service, address: pod.address, ports: [{ ...port, port: pod.port }] };
}

function notThere(page: Page, { services, prometheus }: PagesSeen, config: Config): KmonError {
  if (page === 'dashboard')
    return new KmonError('precondition', 'the add-on dashboard is not in this cluster', {
      hint: 'run `kmon addon add dashboard` first',
    });
  if (prometheus !== undefined) return notOfOthers(page);
  const isAbsent = !services.some((service) => isOf('prometheus', service, config, undefined));
  if (page === 'prometheus' || isAbsent) {
    return new KmonError('precondition', 'there is no monitoring in this cluster', {
      hint: 'run `kmon deploy-monitoring` first',
    });
  }
  return page === 'grafana' ? noGrafana(config) : noAlertmanager(config);
}

function notOfOthers(page: Exclude<Page, 'dashboard'>): KmonError {
  switch (page) {
    case 'grafana':
      return new KmonError('precondition', 'there is no Grafana in this cluster that says so', {
        evidence: 'no Service has the label app.kubernetes.io/name=grafana',
        hint: 'look without it (`kmon top`, `kmon open prometheus`), or import the dashboards that `kmon render monitoring` writes into one that you have',
      });
    case 'alertmanager':
      return new KmonError('precondition', 'there is no Alertmanager in this cluster that says so', {
        evidence: 'no Service has, nor leads to pods with, the label app.kubernetes.io/name=alertmanager',
        hint: 'what fires is shown without it: `kmon alerts`',
      });
    case 'prometheus':
      return new KmonError('precondition', 'no pod of the Prometheus that is used is ready', {
        hint: 'look at its pods, or run `kmon verify`',
      });
  }
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
