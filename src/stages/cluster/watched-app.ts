import { OWN_PROMETHEUS, prometheusOf } from '../../addons/asked-prometheus.js';
import { TEST_APP_NAMESPACE } from '../../apps/test-app/objects.js';
import { appName } from '../../apps/watch-app/marks.js';
import { MONITOR_DEFINITIONS } from '../../apps/watch-app/monitor.js';
import { portOfApp } from '../../apps/watch-app/port.js';
import { ownSeries, watchedApp } from '../../apps/watch-app/proof.js';
import type { WatchedApp } from '../../apps/watch-app/proof.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import { VERSION_LABEL } from '../../cluster/definitions.js';
import { nearestKey } from '../../config/mistakes/suggest.js';
import type { Context } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { WORKLOAD_KINDS, parseAppService, parseEndpoints, parseWorkload } from '../../tools/app-service.js';
import type { AppPort, AppService, AppWorkload, Endpoint } from '../../tools/app-service.js';
import {
  apiPath,
  getDefinitions,
  getEndpoints,
  getIfThere,
  getPods,
  getServices,
} from '../../tools/kubectl.js';
import { isObjectThere, parseDefinitions } from '../../tools/kubernetes-objects.js';
import { parsePods } from '../../tools/pods.js';
import { activeTargets, askPrometheus, instant, parseAnswers, scrapePools } from '../../tools/prometheus.js';
import { parseServices } from '../../tools/services.js';

/** An application, and how its metrics are asked for. */
export interface AppToWatch {
  readonly namespace: string;
  readonly name: string;
  /** Name of its port, or the number. */
  readonly port: string;
  readonly path: string;
}

/** What leads to the application: a Service, or only what makes its pods. */
export type AppFound = (
  | { readonly by: 'service'; readonly service: AppService }
  | { readonly by: 'pods'; readonly workload: AppWorkload }
) & { readonly port: AppPort; readonly endpoints: readonly Endpoint[] };

/** The pool of the small monitoring's Prometheus in which such applications are. */
const POOL = 'apps';

/**
 * Looks for the application, and for a monitoring that can watch it.
 *
 * @throws KmonError `precondition` that says what is in the way; nothing was changed then
 */
export async function findApp(c: Context, app: AppToWatch): Promise<AppFound> {
  refuseOurs(c, app);
  await requireMonitoring(c);
  const found = await appIn(c, app);
  if (found.endpoints.some(({ ready }) => ready)) return found;
  const kubectl = c.cluster.context === undefined ? 'kubectl --kubeconfig .kmon/kubeconfig' : 'kubectl';
  throw new KmonError(
    'precondition',
    `no pod of ${appName(app)} is ready, so nothing can be asked for metrics`,
    {
      hint: `look at its pods (${kubectl} -n ${app.namespace} get pods)`,
    },
  );
}

/** Applications of a class: what Kubernetes and kmon have there is watched by the monitoring itself, or not at all. */
function refuseOurs({ config }: Context, { namespace }: AppToWatch): void {
  const ours = [config.monitoring.namespace, TEST_APP_NAMESPACE];
  const whose = namespace.startsWith('kube-')
    ? "Kubernetes' own"
    : ours.includes(namespace)
      ? "kmon's own"
      : '';
  if (whose === '') return;
  throw new KmonError('precondition', `the namespace ${namespace} is ${whose}`, {
    hint: 'name the one that the application is in with --namespace',
  });
}

async function requireMonitoring(c: Context): Promise<void> {
  const { cluster } = c;
  const { namespace, profile } = c.config.monitoring;
  if (profile === 'existing') {
    // It is there, or it is said what is there instead.
    await prometheusOf(c);
    return;
  }
  const services = parseServices(await cluster.query(getServices(cluster.kubectl, namespace)));
  const deploy = `run \`${typedFor(cluster, 'kmon deploy-monitoring')}\` first`;
  if (!services.some(({ name }) => name === OWN_PROMETHEUS))
    throw new KmonError('precondition', 'there is no monitoring in this cluster', { hint: deploy });
  if (profile === 'stack' && (await monitorKinds(c)).length < MONITOR_DEFINITIONS.length)
    throw new KmonError(
      'precondition',
      'kube-prometheus-stack, which kmon.yaml names, is not in this cluster',
      {
        hint: deploy,
      },
    );
}

/** Those of the operator's kinds of monitor that the cluster knows. */
export async function monitorKinds({ cluster }: Context): Promise<readonly string[]> {
  const asked = getDefinitions(cluster.kubectl, MONITOR_DEFINITIONS, VERSION_LABEL);
  return parseDefinitions(await cluster.query(asked)).map(({ name }) => name);
}

async function appIn(c: Context, app: AppToWatch): Promise<AppFound> {
  const service = await serviceOf(c, app);
  if (service !== undefined) {
    const port = portOfApp(app.port, service.ports, `the Service ${appName(app)}`);
    const asked = getEndpoints(c.cluster.kubectl, app.namespace, app.name);
    return {
      by: 'service',
      service,
      port,
      endpoints: parseEndpoints(await c.cluster.query(asked), port.name),
    };
  }
  const workload = await workloadOf(c, app);
  if (workload === undefined) throw await notThere(c, app);
  if (c.config.monitoring.profile === 'lite')
    throw new KmonError('precondition', `no Service leads to the pods of ${appName(app)}`, {
      evidence: 'the small monitoring (profile lite) finds applications by their Services',
      hint: `make one (kubectl -n ${app.namespace} expose ${workload.kind} ${app.name} --port NUMBER), and name its port`,
    });
  const port = portOfApp(app.port, workload.ports, `the ${workload.kind} ${appName(app)}`);
  return { by: 'pods', workload, port, endpoints: await podsOf(c, app, workload, port) };
}

/** `undefined`: it is not there. */
export async function serviceOf(
  { cluster }: Context,
  { namespace, name }: Pick<AppToWatch, 'namespace' | 'name'>,
): Promise<AppService | undefined> {
  const path = apiPath('api', 'v1', 'namespaces', namespace, 'services', name);
  const result = await cluster.query(getIfThere(cluster.kubectl, path));
  return isObjectThere(result) ? parseAppService(result) : undefined;
}

async function workloadOf(
  { cluster }: Context,
  { namespace, name }: AppToWatch,
): Promise<(AppWorkload & { readonly kind: string }) | undefined> {
  for (const kind of WORKLOAD_KINDS) {
    const path = apiPath('apis', 'apps', 'v1', 'namespaces', namespace, kind, name);
    const result = await cluster.query(getIfThere(cluster.kubectl, path));
    if (isObjectThere(result)) return { ...parseWorkload(result), kind: kind.replace(/s$/, '') };
  }
  return undefined;
}

async function podsOf(
  { cluster }: Context,
  { namespace }: AppToWatch,
  { labels }: AppWorkload,
  { number }: AppPort,
): Promise<readonly Endpoint[]> {
  const label = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return parsePods(await cluster.query(getPods(cluster.kubectl, namespace, label))).flatMap(
    ({ address, node, ready, going }) =>
      address === undefined || going === true
        ? []
        : [{ address, port: number, ready, ...(node === undefined ? {} : { node }) }],
  );
}

async function notThere({ cluster }: Context, app: AppToWatch): Promise<KmonError> {
  const path = apiPath('api', 'v1', 'namespaces', app.namespace);
  if (!isObjectThere(await cluster.query(getIfThere(cluster.kubectl, path))))
    return new KmonError('precondition', `there is no namespace ${app.namespace}`, {
      hint: 'name the one that the application is in with --namespace',
    });
  const services = parseServices(await cluster.query(getServices(cluster.kubectl, app.namespace)));
  const names = services.map(({ name }) => name);
  const near = nearestKey(app.name, names);
  const meant = near === undefined ? '' : ` (did you mean ${near}?)`;
  return new KmonError(
    'precondition',
    `there is no Service ${app.name} in the namespace ${app.namespace}, nor a Deployment, StatefulSet or DaemonSet${meant}`,
    {
      evidence: names.length === 0 ? 'there is no Service at all' : `there is ${names.join(', ')}`,
      hint: 'name one that is there, and its namespace with --namespace',
    },
  );
}

/**
 * What Prometheus has of it now.
 *
 * @throws KmonError `precondition` where it does not answer, or where it is one that was deployed before there was `kmon watch-app`
 */
export async function lookAtWatched(c: Context, app: AppToWatch, found: AppFound): Promise<WatchedApp> {
  const { cluster } = c;
  const name = appName(app);
  const questions = [activeTargets, instant(ownSeries(name)), scrapePools];
  const asked = askPrometheus(cluster.kubectl, await prometheusOf(c), questions);
  const [targets, count, pools] = parseAnswers(await cluster.query(asked), questions.length);
  if (targets?.kind !== 'targets')
    throw new KmonError('precondition', 'Prometheus does not answer', {
      ...(targets?.kind === 'error' ? { evidence: targets.message } : {}),
      hint: `run \`${typedFor(cluster, 'kmon deploy-monitoring')}\`: it waits for it, or says what is wrong`,
    });
  if (c.config.monitoring.profile === 'lite' && pools?.kind === 'pools' && !pools.pools.includes(POOL))
    throw new KmonError(
      'precondition',
      'the monitoring of this cluster is of an older kmon, which watched no applications',
      {
        hint: `run \`${typedFor(cluster, 'kmon deploy-monitoring')}\` first: it brings the new one`,
      },
    );
  const series = count?.kind === 'vector' ? (count.samples[0]?.value ?? 0) : 0;
  return watchedApp({ app: name, path: app.path }, found.endpoints, targets.targets, series);
}
