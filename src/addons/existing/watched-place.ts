import type { ClusterAsker } from '../../cluster/cluster-runner.js';
import type { Config } from '../../config/config.js';
import { KmonError } from '../../errors/kmon-error.js';
import { getNamespaces } from '../../tools/kubectl.js';
import { parseNamespaces } from '../../tools/namespaces.js';
import { nameOf } from './choose.js';
import { existingPrometheus } from './look.js';
import { placeOf } from './places.js';
import type { Labels } from './selectors.js';

/**
 * The labels of a monitor in the namespace of somebody's application, with which the Prometheus that is used takes it.
 *
 * @throws KmonError `precondition` where it takes none there, or where no operator reads monitors for it
 */
export async function labelsOfMonitor(
  c: ClusterAsker & { readonly config: Pick<Config, 'monitoring'> },
  kind: 'podMonitor' | 'serviceMonitor',
  namespace: string,
  own: Labels,
): Promise<Labels> {
  const prometheus = await existingPrometheus(c);
  if (prometheus.operated === undefined)
    throw new KmonError(
      'precondition',
      `the Prometheus ${nameOf(prometheus)} has no operator, so nobody reads monitors of applications for it`,
      {
        hint: 'write the application into its configuration (scrape_configs), with the label kmon_app for `kmon verify`',
      },
    );
  const all = parseNamespaces(await c.cluster.query(getNamespaces(c.cluster.kubectl)));
  const namespaces = new Map(all.map(({ name, labels }) => [name, labels]));
  return placeOf(kind, prometheus.operated, [namespace], namespaces, own).labels;
}
