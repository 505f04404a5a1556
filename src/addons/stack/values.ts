import { parse } from 'yaml';
import type { Image } from '../../artifacts/artifact.js';
import {
  ALERTMANAGER,
  CONFIG_RELOADER,
  GRAFANA,
  GRAFANA_SIDECAR,
  KUBE_STATE_METRICS,
  NODE_EXPORTER,
  PROMETHEUS,
  PROMETHEUS_OPERATOR,
} from '../../artifacts/images.js';
import type { Supply } from '../../artifacts/supply.js';
import type { Config } from '../../config/config.js';
import type { Context } from '../../engine/context.js';
import { renderTemplate } from '../../render/render.js';
import type { TemplateValue } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import { PORTS } from '../../room/ports.js';
import { GRAFANA_SECRET, hasGrafana } from '../grafana-access.js';
import { parentOf } from '../parent-node.js';
import { alertingValues } from './alerting.js';
import { HOME_DASHBOARD } from './dashboards.js';
import { merged } from './merge.js';
import { readOwnValues } from './values-file.js';
import { ruleGroups } from './rules.js';
import { isRecord } from './value-paths.js';

/** Where the values are for: what of it does not depend on the cluster is known without one. */
interface Around {
  readonly config: Pick<Config, 'monitoring'>;
  readonly supply: Pick<Supply, 'image' | 'indispensable'>;
}

/** Wanted, and there is an image of it and of what brings it its dashboards. */
export function hasStackGrafana(c: Around): boolean {
  return hasGrafana(c) && c.supply.image(GRAFANA_SIDECAR) !== undefined;
}

/** There is an image of what tells of the objects of the cluster: the machines are measured without it. */
export function hasStateMetrics({ supply }: Around): boolean {
  return supply.image(KUBE_STATE_METRICS) !== undefined;
}

/** The chart's values as JSON, which is YAML: kmon's, and over them the room's own. Keys in a fixed order: the digest depends on the text. */
export async function stackValues(c: Context): Promise<string> {
  const parent = await parentOf(c);
  const own = await ownValues(c.config);
  return JSON.stringify(
    merged(await kmonsValues(c, parent, c.cluster.context === undefined, hasGuests(c.config)), own),
  );
}

/** The same before anybody is asked, for a cluster of kmon's own: the parent's node has the name that kmon.yaml gives it. */
export async function foreseenStackValues(
  c: Around & { readonly config: Pick<Config, 'room'> },
): Promise<unknown> {
  return merged(
    await kmonsValues(c, c.config.room.parent.name, true, hasGuests(c.config)),
    await ownValues(c.config),
  );
}

/** What is to be installed of the chart's parts: the room's own values may leave some out. */
export async function stackParts(c: Around): Promise<{
  readonly alertmanager: boolean;
  readonly stateMetrics: boolean;
  readonly grafana: boolean;
  readonly exporter: boolean;
}> {
  const own = await ownValues(c.config);
  const isOn = (name: string): boolean => !isOff(own[name]);
  return {
    alertmanager: isOn('alertmanager'),
    stateMetrics: hasStateMetrics(c) && isOn('kubeStateMetrics'),
    grafana: hasStackGrafana(c) && isOn('grafana'),
    exporter: isOn('nodeExporter'),
  };
}

/** Whether the room's own values leave Grafana out. */
export async function leavesGrafanaOut(config: Pick<Config, 'monitoring'>): Promise<boolean> {
  return isOff((await ownValues(config))['grafana']);
}

function isOff(part: unknown): boolean {
  return isRecord(part) && part['enabled'] === false;
}

async function ownValues({
  monitoring,
}: Pick<Config, 'monitoring'>): Promise<Readonly<Record<string, unknown>>> {
  return monitoring.values === undefined ? {} : (await readOwnValues(monitoring.values)).values;
}

/**
 * kmon's values alone.
 *
 * @param parent the node on which all but the exporters runs
 * @param controlPlane its parts may be asked for their metrics
 * @param guests children are guests of laptops, which do not forward the port of kube-proxy's
 */
export async function kmonsValues(
  c: Around,
  parent: string,
  controlPlane: boolean,
  guests = false,
): Promise<unknown> {
  const { monitoring } = c.config;
  const { scrapeIntervalSeconds } = monitoring;
  const image = (wanted: Image): TemplateValue => imageValue(c.supply.indispensable(wanted));
  const text = renderTemplate(await readTemplate('addons/stack/values.yaml'), {
    controlPlane,
    kubeProxy: controlPlane && !guests,
    namespace: monitoring.namespace,
    onParent: onlyOn(parent),
    tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
    rules: await ruleGroups(scrapeIntervalSeconds),
    operatorImage: image(PROMETHEUS_OPERATOR),
    reloaderImage: image(CONFIG_RELOADER),
    prometheusImage: image(PROMETHEUS),
    alertmanagerImage: image(ALERTMANAGER),
    stateMetricsImage: image(KUBE_STATE_METRICS),
    // Its chart would put "-distroless" behind the tag.
    exporterImage: { ...imageValue(c.supply.indispensable(NODE_EXPORTER)), distroless: false },
    grafana: hasStackGrafana(c),
    stateMetrics: hasStateMetrics(c),
    grafanaImage: image(GRAFANA),
    sidecarImage: image(GRAFANA_SIDECAR),
    adminSecret: GRAFANA_SECRET,
    grafanaNodePort: monitoring.grafanaNodePort,
    homeDashboard: HOME_DASHBOARD,
    prometheusNodePort: monitoring.prometheusNodePort,
    prometheusMemory: monitoring.prometheusMemory,
    retention: monitoring.retention,
    exporterPort: PORTS.exporter.port,
    scrapeInterval: `${scrapeIntervalSeconds}s`,
    scrapeTimeout: `${Math.max(1, scrapeIntervalSeconds - 1)}s`,
    relabelings: relabelings(parent),
    ...(await alertingValues(c.config)),
  });
  return parse(text) as unknown;
}

/** `registry/repository:tag`, as the charts want it: in three. */
export function imageValue(ref: string): { readonly [key: string]: TemplateValue } {
  const [, name = ref, tag = ''] = /^(.*?)(?::([^:/@]+))?$/.exec(ref) ?? [];
  const [registry = '', ...path] = name.split('/');
  return { registry, repository: path.join('/'), tag };
}

/** By the node's name: a label could be changed, and is another one in other clusters. */
function onlyOn(node: string): TemplateValue {
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  return {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
  };
}

/** Gives a machine's series the labels that they have in the small monitoring. */
function relabelings(parent: string): TemplateValue {
  const node = '__meta_kubernetes_pod_node_name';
  return [
    { action: 'replace', sourceLabels: [node], targetLabel: 'node' },
    { action: 'replace', sourceLabels: [node], targetLabel: 'instance' },
    { action: 'replace', targetLabel: 'role', replacement: 'child' },
    {
      action: 'replace',
      sourceLabels: [node],
      regex: parent.replaceAll('.', '\\.'),
      targetLabel: 'role',
      replacement: 'parent',
    },
    {
      action: 'replace',
      sourceLabels: ['__meta_kubernetes_node_label_kmon_team'],
      regex: '(.+)',
      targetLabel: 'team',
    },
  ];
}

function hasGuests({ room }: Pick<Config, 'room'>): boolean {
  return room.children.some((child) => child.guest === true);
}
