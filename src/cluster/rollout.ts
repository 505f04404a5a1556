import { KmonError } from '../errors/kmon-error.js';
import { quote } from '../shell/quote.js';
import { getPods, getRollout, getWarnings } from '../tools/kubectl.js';
import type { RolloutKind } from '../tools/kubectl.js';
import { parseRollout } from '../tools/kubernetes-objects.js';
import { parsePods, parseWarnings, podTrouble } from '../tools/pods.js';
import type { Pod, PodTrouble } from '../tools/pods.js';
import type { ClusterReader } from './cluster-runner.js';
import { pullFailureOf, refusedForGood } from './pulls.js';

/** Something whose pods are waited for. */
export interface Workload {
  readonly kind: RolloutKind;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Why one of them does not run yet; `undefined`: they all do. A machine that is away keeps a DaemonSet short for ever: that it is there is
 * enough, and what it does on the others has a proof of its own.
 */
export async function notRolledOut(
  cluster: ClusterReader,
  workloads: readonly Workload[],
): Promise<string | undefined> {
  for (const { kind, namespace, name } of workloads) {
    const rollout = parseRollout(await cluster.query(getRollout(cluster.kubectl, kind, namespace, name)));
    if (rollout.state === 'absent') return `${name} is not there`;
    if (rollout.state !== 'done' && kind === 'deployments')
      return `${name}: ${rollout.ready} of ${rollout.wanted} ready`;
  }
  return undefined;
}

/** A pod whose containers are not even made, and what its kubelet last said of that: no network for it, a volume that is not there. */
async function stuck(
  cluster: ClusterReader,
  namespace: string,
  pods: readonly Pod[],
): Promise<PodTrouble | undefined> {
  const starting = pods.filter((pod) => pod.phase === 'Pending');
  if (starting.length === 0) return undefined;
  const warnings = parseWarnings(await cluster.query(getWarnings(cluster.kubectl, namespace)));
  for (const { name, node } of starting) {
    const last = warnings.findLast((warning) => warning.name === name);
    if (last === undefined) continue;
    return { pod: name, ...(node === undefined ? {} : { node }), reason: last.reason, detail: last.message };
  }
  return undefined;
}

/**
 * The diagnosis of pods: the first one of the namespace that an image, the scheduler or its own program keeps from running, with its reason.
 * `undefined`: none has trouble, they only start. `again`: what to do when it is mended. `onNode`: only those that a node has.
 */
export async function diagnosePods(
  cluster: ClusterReader,
  namespace: string,
  again: string,
  onNode?: string,
): Promise<KmonError | undefined> {
  const all = parsePods(await cluster.query(getPods(cluster.kubectl, namespace)));
  const pods = onNode === undefined ? all : all.filter(({ node }) => node === onNode);
  for (const pod of pods) {
    const failure = await pullFailureOf(cluster, pod);
    if (failure?.forGood === true) return refusedForGood(failure, pod.node, again);
  }
  const trouble =
    pods.map(podTrouble).find((t) => t !== undefined) ?? (await stuck(cluster, namespace, pods));
  if (trouble === undefined) return undefined;
  const { pod, node, reason, detail } = trouble;
  const kubectl = `kubectl ${
    cluster.context === undefined ? '--kubeconfig .kmon/kubeconfig' : `--context ${quote(cluster.context)}`
  }`;
  return new KmonError('not-verified', `${pod}${node === undefined ? '' : ` on ${node}`}: ${reason}`, {
    evidence: detail,
    hint: `look at it (${kubectl} -n ${namespace} describe pod ${pod}) and ${again}`,
  });
}
