import type { Config } from '../config/config.js';
import type { ClusterAsker } from '../cluster/cluster-runner.js';
import { KmonError } from '../errors/kmon-error.js';
import { typedFor } from '../cluster/cluster-runner.js';
import { apiPath, getIfThere } from '../tools/kubectl.js';
import { isObjectThere } from '../tools/kubernetes-objects.js';
import { existingPrometheus } from './existing/look.js';
import { askPrometheus, instant, parseAnswers } from '../tools/prometheus.js';
import type { PrometheusService, Sample } from '../tools/prometheus.js';

/** The Service of kmon's own: both profiles that bring one name it so. */
export const OWN_PROMETHEUS = 'kmon-prometheus';

/** Whose Prometheus is asked, on which cluster. */
export interface WhoAsks extends ClusterAsker {
  readonly config: Config;
}

/**
 * Where the Prometheus of the room is: kmon's own, or the one of somebody else's that its profile says is used. Everything that asks Prometheus
 * asks here for its place.
 *
 * @throws KmonError `precondition` where it cannot be said which of somebody else's it is
 */
export async function prometheusOf(c: WhoAsks): Promise<PrometheusService> {
  const { namespace, profile } = c.config.monitoring;
  return profile === 'existing'
    ? (await existingPrometheus(c)).at
    : { namespace, service: OWN_PROMETHEUS, port: 'http' };
}

/** The same, or why it cannot be said. */
export async function prometheusOrWhyNot(c: WhoAsks): Promise<PrometheusService | KmonError> {
  try {
    return await prometheusOf(c);
  } catch (error) {
    if (error instanceof KmonError && error.code === 'precondition') return error;
    throw error;
  }
}

/** What Prometheus says to an expression now; a text: why there is no answer. Only looks. */
export async function askedPrometheus(c: WhoAsks, expr: string): Promise<readonly Sample[] | string> {
  const asked = askPrometheus(c.cluster.kubectl, await prometheusOf(c), [instant(expr)]);
  const [answer] = parseAnswers(await c.cluster.query(asked), 1);
  if (answer?.kind === 'vector') return answer.samples;
  return `Prometheus does not answer${answer?.kind === 'error' ? `: ${answer.message}` : ''}`;
}

/** Why an add-on whose values Prometheus is to fetch cannot be there: the cluster has no monitoring of kmon's. Only looks. */
export async function noMonitoring(c: WhoAsks, id: string): Promise<KmonError | undefined> {
  const { cluster, config } = c;
  if (config.monitoring.profile === 'existing')
    return new KmonError(
      'precondition',
      `the Prometheus of this cluster is somebody else's, and ${id} is for a Prometheus of the room's own`,
      {
        hint: `take ${id} out of \`addons:\`; \`kmon watch-app\` has an application of yours measured there`,
      },
    );
  const { namespace, service } = await prometheusOf(c);
  const path = apiPath('api', 'v1', 'namespaces', namespace, 'services', service);
  if (isObjectThere(await cluster.query(getIfThere(cluster.kubectl, path)))) return undefined;
  return new KmonError(
    'precondition',
    `there is no monitoring in this cluster, and ${id} is for its Prometheus`,
    {
      hint: `run \`${typedFor(cluster, 'kmon deploy-monitoring')}\` first`,
    },
  );
}
