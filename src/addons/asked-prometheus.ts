import type { Config } from '../config/config.js';
import type { Context } from '../engine/context.js';
import { KmonError } from '../errors/kmon-error.js';
import { typedFor } from '../cluster/cluster-runner.js';
import { apiPath, getIfThere } from '../tools/kubectl.js';
import { isObjectThere } from '../tools/kubernetes-objects.js';
import { askPrometheus, instant, parseAnswers } from '../tools/prometheus.js';
import type { PrometheusService, Sample } from '../tools/prometheus.js';

/** Where the monitoring that kmon installs has its Prometheus. */
export function prometheusOf({ monitoring: { namespace } }: Pick<Config, 'monitoring'>): PrometheusService {
  return { namespace, service: 'kmon-prometheus', port: 'http' };
}

/** What Prometheus says to an expression now; a text: why there is no answer. Only looks. */
export async function askedPrometheus(
  { cluster, config }: Pick<Context, 'cluster' | 'config'>,
  expr: string,
): Promise<readonly Sample[] | string> {
  const asked = askPrometheus(cluster.kubectl, prometheusOf(config), [instant(expr)]);
  const [answer] = parseAnswers(await cluster.query(asked), 1);
  if (answer?.kind === 'vector') return answer.samples;
  return `Prometheus does not answer${answer?.kind === 'error' ? `: ${answer.message}` : ''}`;
}

/** Why an add-on whose values Prometheus is to fetch cannot be there: the cluster has no monitoring. Only looks. */
export async function noMonitoring(
  { cluster, config }: Pick<Context, 'cluster' | 'config'>,
  id: string,
): Promise<KmonError | undefined> {
  const { namespace, service } = prometheusOf(config);
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
