import { typedFor } from '../../cluster/cluster-runner.js';
import { clusterNodes } from '../../cluster/nodes.js';
import type { Config } from '../../config/config.js';
import type { Context } from '../../engine/context.js';
import { KmonError } from '../../errors/kmon-error.js';
import { JOB_AMONG_OTHERS } from '../../observe/exporter-job.js';
import { allMachines } from '../../room/room.js';
import { getDaemonSets, getNamespaces } from '../../tools/kubectl.js';
import { parseNamespaces } from '../../tools/namespaces.js';
import type { ListedService } from '../../tools/services.js';
import { LITE_RELEASE } from '../lite/release.js';
import { firstOf } from '../parent-node.js';
import { RELEASE as STACK_RELEASE } from '../stack/names.js';
import { nameOf } from './choose.js';
import type { ExistingPrometheus } from './choose.js';
import { exporterToUse, parseExporters, serviceOf } from './exporters.js';
import type { ExporterToUse } from './exporters.js';
import { lookForPrometheus, whatItKnows } from './look.js';
import type { Knows } from './look.js';
import type { NamedMachine } from './machine-labels.js';
import { RELEASE } from './names.js';
import {
  OWN_PODS,
  existingDashboards,
  existingRules,
  machineMonitor,
  observedObjects,
  ownService,
  poolOf,
} from './objects.js';
import type { Monitored } from './objects.js';
import type { Operated } from './operated.js';
import { placeOf } from './places.js';
import type { Namespaces } from './places.js';
import { existingGroups, rulesLacking } from './rules.js';

/** What is to be on the cluster, of one that has said what is on it. */
export interface ExistingPlan {
  readonly prometheus: ExistingPrometheus;
  /** The node that stands for the parent. */
  readonly parent: string;
  readonly exporter: ExporterToUse;
  /** As Prometheus calls what it is to ask. */
  readonly pool: string;
  readonly objects: readonly object[];
}

/**
 * What kmon brings to the Prometheus that is there. Looks at everything that could keep it from being taken; changes nothing.
 *
 * @throws KmonError `precondition` that says why it cannot be used, and what somebody can do about it
 */
export async function planExisting(c: Context): Promise<ExistingPlan> {
  const { cluster, config } = c;
  const { prometheus, services } = await lookForPrometheus(c);
  const exporters = parseExporters(await cluster.query(getDaemonSets(cluster.kubectl)));
  const { namespace } = config.monitoring;
  const hasStack = exporters.some((one) => one.namespace === namespace && one.release === STACK_RELEASE);
  if (hasStack && prometheus.operated?.namespace === namespace)
    throw besideStack(prometheus, typedFor(cluster, 'kmon deploy-monitoring'));
  const exporter = exporterToUse(exporters, { namespace, releases: [RELEASE, LITE_RELEASE, STACK_RELEASE] });
  const { parent, machines } = await machinesOf(c);
  const knows = await whatItKnows(c, prometheus);
  const { operated } = prometheus;
  if (operated === undefined) {
    await requireLines(prometheus, knows, config);
    return { prometheus, parent, exporter, pool: JOB_AMONG_OTHERS, objects: await dashboardsOf(config) };
  }
  const namespaces = await namespacesOf(c);
  const ways = waysTo(exporter, services, namespace);
  const { monitored, place } = wayTaken(operated, ways, namespace, namespaces);
  return {
    prometheus,
    parent,
    exporter,
    pool: poolOf(monitored, place),
    objects: [
      machineMonitor(monitored, place, machines, config.monitoring.scrapeIntervalSeconds),
      ...(await others(operated, config, namespaces)),
      ...(monitored.kind === 'ServiceMonitor' && exporter.whose === 'own' ? [ownService(namespace)] : []),
      ...(await dashboardsOf(config)),
    ],
  };
}

/** The operator of kmon's own keeps what is in its namespace, whoever made it, and would go with the release. */
function besideStack(prometheus: ExistingPrometheus, command: string): KmonError {
  return new KmonError(
    'precondition',
    `kmon's own kube-prometheus-stack is in this cluster, and its operator keeps the Prometheus ${nameOf(prometheus)} too`,
    {
      hint: `make that Prometheus in another namespace, with an operator of its own; or write monitoring.profile: stack and run \`${command}\`, which keeps what is there`,
    },
  );
}

async function others(
  operated: Operated,
  { room, monitoring }: Config,
  namespaces: Namespaces,
): Promise<readonly object[]> {
  const { namespace, scrapeIntervalSeconds } = monitoring;
  const wanted = [...new Set([namespace, operated.namespace])];
  const rules = placeOf('rule', operated, wanted, namespaces);
  return [
    existingRules(await existingGroups(monitoring), rules),
    ...(room.observed.length === 0
      ? []
      : observedObjects(
          room.observed,
          placeOf('scrapeConfig', operated, wanted, namespaces),
          scrapeIntervalSeconds,
        )),
  ];
}

/** By their pods, or by a Service that leads to them, as far as there is one. */
function waysTo(
  exporter: ExporterToUse,
  services: readonly ListedService[],
  own: string,
): readonly Monitored[] {
  if (exporter.whose === 'own')
    return [
      { kind: 'PodMonitor', namespace: own, labels: OWN_PODS, port: 'metrics' },
      { kind: 'ServiceMonitor', namespace: own, labels: OWN_PODS, port: 'metrics' },
    ];
  const { namespace, pods, port } = exporter.exporter;
  const service = serviceOf(exporter.exporter, services);
  return [
    { kind: 'PodMonitor', namespace, labels: pods, port: port.name ?? port.number },
    ...(service === undefined ? [] : [{ kind: 'ServiceMonitor' as const, namespace, ...service }]),
  ];
}

/** The first that is taken; where none is, it is told of the first. */
function wayTaken(
  operated: Operated,
  ways: readonly Monitored[],
  own: string,
  namespaces: Namespaces,
): { readonly monitored: Monitored; readonly place: ReturnType<typeof placeOf> } {
  let first: unknown;
  for (const monitored of ways) {
    const anywhere = [...new Set([own, operated.namespace])];
    const wanted = operated.staysInNamespace ? [monitored.namespace] : anywhere;
    const kind = monitored.kind === 'PodMonitor' ? 'podMonitor' : 'serviceMonitor';
    try {
      return { monitored, place: placeOf(kind, operated, wanted, namespaces) };
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

/** @throws KmonError `precondition`: a configuration that somebody wrote lacks what kmon needs, and kmon does not write it */
async function requireLines(
  prometheus: ExistingPrometheus,
  knows: Knows,
  { monitoring }: Config,
): Promise<void> {
  const lacking = await lackingIn(knows, JOB_AMONG_OTHERS, monitoring);
  if (lacking.length === 0) return;
  throw new KmonError(
    'precondition',
    `the Prometheus ${nameOf(prometheus)}, which no operator keeps, has not been told of the machines: ${lacking.join(', ')}`,
    {
      hint: 'run `kmon render monitoring --out monitoring`, put scrape.yaml and rules.yaml of that folder into its configuration, as the comments in them say, and run it again: a configuration of others is never changed',
    },
  );
}

/** What it lacks of kmon's, each in words. */
export async function lackingIn(
  { pools, rules }: Knows,
  pool: string,
  monitoring: Config['monitoring'],
): Promise<readonly string[]> {
  const without = await rulesLacking(rules, monitoring);
  return [
    ...(pools === undefined || pools.includes(pool) ? [] : [`no job ${pool}`]),
    ...(without.length === 0 ? [] : [`no rules ${without.join(' and ')}`]),
  ];
}

/** Every machine of the room, or every node of a cluster that is none. */
async function machinesOf(c: Context): Promise<{
  readonly parent: string;
  readonly machines: readonly NamedMachine[];
}> {
  if (c.cluster.context === undefined) {
    const { room } = c.config;
    return { parent: room.parent.name, machines: allMachines(room) };
  }
  const nodes = await clusterNodes(c);
  const parent = firstOf(nodes, c);
  const machines = nodes
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, labels }): NamedMachine => {
      const team = labels['kmon/team'];
      return {
        name,
        role: name === parent ? 'parent' : 'child',
        ...(team === undefined ? {} : { team }),
      };
    });
  return { parent, machines };
}

async function namespacesOf({ cluster }: Context): Promise<Namespaces> {
  const all = parseNamespaces(await cluster.query(getNamespaces(cluster.kubectl)));
  return new Map(all.map(({ name, labels }) => [name, labels]));
}

async function dashboardsOf(config: Config): Promise<readonly object[]> {
  return config.monitoring.grafana ? existingDashboards(config) : [];
}
