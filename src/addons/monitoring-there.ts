import type { MonitoringThere } from '../artifacts/profile.js';
import type { ClusterReader } from '../cluster/cluster-runner.js';
import { lookAtRelease } from '../cluster/release.js';
import type { ReadConfig } from '../config/config.js';
import { LITE_RELEASE } from './lite/release.js';
import { stackRelease } from './stack/names.js';
import { nameOfOthers } from './stack/others-prometheus.js';

/** Asks a cluster what monitoring it has. Rejects where there is none to ask, or it does not answer. Only looks. */
export async function monitoringThere(
  cluster: ClusterReader,
  config: Pick<ReadConfig, 'monitoring'>,
): Promise<MonitoringThere> {
  const { namespace } = config.monitoring;
  const [stack, lite, others] = await Promise.all([
    lookAtRelease(cluster, stackRelease(namespace)),
    lookAtRelease(cluster, { release: LITE_RELEASE, namespace }),
    nameOfOthers({ cluster, config }),
  ]);
  if (stack.state !== 'absent') return { profile: 'stack' };
  if (lite.state !== 'absent') return { profile: 'lite' };
  return others === undefined ? {} : { others };
}
