import type { MonitoringThere } from '../artifacts/profile.js';
import type { ClusterReader } from '../cluster/cluster-runner.js';
import { lookAtRelease } from '../cluster/release.js';
import type { ReadConfig } from '../config/config.js';
import { apiPath, getAllServices, getIfThere } from '../tools/kubectl.js';
import { isObjectThere } from '../tools/kubernetes-objects.js';
import { parseServices } from '../tools/services.js';
import { existingRelease } from './existing/names.js';
import { LITE_RELEASE } from './lite/release.js';
import { ownElsewhere } from './own-elsewhere.js';
import { stackRelease } from './stack/names.js';
import { operatedThere } from './stack/others-prometheus.js';

/** The same as far as it matters to whoever only asks Prometheus: where there is one of kmon's own nothing more is asked. */
export async function usedPrometheus(
  cluster: ClusterReader,
  config: Pick<ReadConfig, 'monitoring'>,
): Promise<MonitoringThere> {
  const path = apiPath('api', 'v1', 'namespaces', config.monitoring.namespace, 'services', 'kmon-prometheus');
  const own = await cluster.query(getIfThere(cluster.kubectl, path));
  return isObjectThere(own) ? {} : monitoringThere(cluster, config);
}

/** Asks a cluster what monitoring it has. Rejects where there is none to ask, or it does not answer. Only looks. */
export async function monitoringThere(
  cluster: ClusterReader,
  config: Pick<ReadConfig, 'monitoring'>,
): Promise<MonitoringThere> {
  const { namespace } = config.monitoring;
  const [stack, lite, existing] = await Promise.all([
    lookAtRelease(cluster, stackRelease(namespace)),
    lookAtRelease(cluster, { release: LITE_RELEASE, namespace }),
    lookAtRelease(cluster, existingRelease(namespace)),
  ]);
  if (stack.state !== 'absent') return { profile: 'stack' };
  if (lite.state !== 'absent') return { profile: 'lite' };
  if (existing.state !== 'absent') return { profile: 'existing' };
  // The small one has no operator: its Service is what is seen of it in another namespace.
  const services = parseServices(await cluster.query(getAllServices(cluster.kubectl)));
  const elsewhere = ownElsewhere(services, namespace);
  return elsewhere === undefined ? operatedThere({ cluster, config }) : { elsewhere };
}
