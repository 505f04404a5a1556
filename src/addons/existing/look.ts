import type { ClusterReader } from '../../cluster/cluster-runner.js';
import type { Config } from '../../config/config.js';
import { KmonError } from '../../errors/kmon-error.js';
import { apiPath, getAllServices, getIfThere } from '../../tools/kubectl.js';
import {
  askPrometheus,
  parseAnswers,
  ruleGroups as askedRules,
  scrapePools,
} from '../../tools/prometheus.js';
import { parseServices } from '../../tools/services.js';
import type { ListedService } from '../../tools/services.js';
import { choosePrometheus, nameOf } from './choose.js';
import type { ExistingPrometheus } from './choose.js';
import { parseOperated } from './operated.js';

/** On which cluster, and what kmon.yaml says. */
export interface OnCluster {
  readonly cluster: ClusterReader;
  readonly config: Pick<Config, 'monitoring'>;
}

/** Looks for the Prometheus that is used, once for all that ask within a minute. @throws KmonError as `choosePrometheus` */
export async function existingPrometheus(
  c: OnCluster & { shared<T>(key: string, ttlMs: number, ask: () => Promise<T>): Promise<T> },
): Promise<ExistingPrometheus> {
  return c.shared('existing-prometheus', 60_000, async () => (await lookForPrometheus(c)).prometheus);
}

/** The same, with all Services that there are. */
export async function lookForPrometheus({ cluster, config }: OnCluster): Promise<{
  readonly prometheus: ExistingPrometheus;
  readonly services: readonly ListedService[];
}> {
  const path = apiPath('apis', 'monitoring.coreos.com', 'v1', 'prometheuses');
  const operated = parseOperated(await cluster.query(getIfThere(cluster.kubectl, path)));
  const services = parseServices(await cluster.query(getAllServices(cluster.kubectl)));
  return { prometheus: choosePrometheus({ operated, services }, config.monitoring), services };
}

/** What a Prometheus says of its configuration. */
export interface Knows {
  /** The names of all that it is configured to ask. Absent: it is older than 2.42 and cannot be asked for them. */
  readonly pools?: readonly string[];
  readonly rules: readonly string[];
}

/** @throws KmonError `precondition` where it does not answer */
export async function whatItKnows(
  { cluster }: Pick<OnCluster, 'cluster'>,
  prometheus: ExistingPrometheus,
): Promise<Knows> {
  const asked = askPrometheus(cluster.kubectl, prometheus.at, [scrapePools, askedRules]);
  const [pools, rules] = parseAnswers(await cluster.query(asked), 2);
  if (rules?.kind !== 'rules') {
    const { namespace } = prometheus.at;
    throw new KmonError('precondition', `the Prometheus ${nameOf(prometheus)} does not answer`, {
      evidence: rules?.kind === 'error' ? rules.message : 'an unexpected answer',
      hint: `look at its pods (kubectl -n ${namespace} get pods), and whether it answers without a login at the port ${prometheus.at.port} of its Service`,
    });
  }
  return { rules: rules.groups, ...(pools?.kind === 'pools' ? { pools: pools.pools } : {}) };
}
