import { pullFailure } from '../tools/image-pull.js';
import type { PullFailure } from '../tools/image-pull.js';
import { getPendingPods, getWarnings } from '../tools/kubectl.js';
import { lackingImage, parsePods, parseWarnings } from '../tools/pods.js';
import type { Pod } from '../tools/pods.js';
import type { ClusterAsker, ClusterReader } from './cluster-runner.js';

/** A pod whose image does not come. */
export interface FailedPull {
  readonly pod: Pod;
  readonly failure: PullFailure;
}

/** Those of the whole cluster, asked at most every two seconds by all together. */
export function failedPulls(c: ClusterAsker): Promise<readonly FailedPull[]> {
  return c.shared('failed-pulls', 2000, () => askForFailedPulls(c.cluster));
}

async function askForFailedPulls(cluster: ClusterReader): Promise<readonly FailedPull[]> {
  const pods = parsePods(await cluster.query(getPendingPods(cluster.kubectl)));
  const found: FailedPull[] = [];
  for (const pod of pods.filter(({ going }) => going !== true)) {
    const failure = await pullFailureOf(cluster, pod);
    if (failure !== undefined) found.push({ pod, failure });
  }
  return found;
}

/** Why the image of a pod does not come; `undefined`: that is not what it waits for. */
export async function pullFailureOf(cluster: ClusterReader, pod: Pod): Promise<PullFailure | undefined> {
  const lacking = lackingImage(pod);
  if (lacking === undefined) return undefined;
  const { image, said } = lacking;
  const known = pullFailure(image, said, pod.node ?? cluster.machine);
  // Kubelets before 1.32 say why only in the event of the try itself.
  if (known.said !== '') return known;
  const warnings = parseWarnings(await cluster.query(getWarnings(cluster.kubectl, pod.namespace)));
  const last = warnings.findLast(
    ({ name, message }) => name === pod.name && message.startsWith('Failed to pull image'),
  );
  return pullFailure(image, last?.message ?? '', pod.node ?? cluster.machine);
}
