import { KmonError } from '../errors/kmon-error.js';
import { quote } from '../shell/quote.js';
import { getBackOffs, getLastWords, getPendingPods, getPods, getWarnings } from '../tools/kubectl.js';
import type { PullFailure } from '../tools/image-pull.js';
import { hasNoPlace, parsePods, parseWarnings, podTrouble, restarting } from '../tools/pods.js';
import type { Pod, PodContainer } from '../tools/pods.js';
import type { ClusterAsker, ClusterReader } from './cluster-runner.js';
import type { OwnCluster } from './own-cluster.js';
import { pullFailureOf } from './pulls.js';

/** A pod that does not come to run, with what keeps it from that: an image, the scheduler, its own program. */
export interface HinderedPod {
  readonly pod: Pod;
  /** Waiting is in vain until somebody mends it. */
  readonly forGood: boolean;
  readonly message: string;
  /** In the words of who says so. */
  readonly said: string;
  /** What is told while it may pass. */
  readonly meanwhile: string;
  readonly remedy: string;
}

/** A program that ended so often by itself is not waiting for another one to come up: by then more than a minute has gone by. */
const LIVES = 3;

/** Those of the whole cluster, asked at most every two seconds by all together. */
export function hinderedPods(c: ClusterAsker): Promise<readonly HinderedPod[]> {
  return c.shared('hindered-pods', 2000, () => findHindered(c.cluster));
}

/**
 * Those that were never started, and those that are started again and again. The latter have run: instead of looking at every pod of the
 * room, the events are asked for the namespaces in which there are some.
 */
async function findHindered(cluster: ClusterReader): Promise<readonly HinderedPod[]> {
  const pending = parsePods(await cluster.query(getPendingPods(cluster.kubectl)));
  const backOffs = parseWarnings(await cluster.query(getBackOffs(cluster.kubectl)));
  const restarts = backOffs.filter(({ message }) => message.startsWith('Back-off restarting'));
  const begun: Pod[] = [];
  for (const namespace of new Set(restarts.map((r) => r.namespace))) {
    const pods = parsePods(await cluster.query(getPods(cluster.kubectl, namespace)));
    begun.push(...pods.filter(({ phase }) => phase !== 'Pending'));
  }
  return hindrancesOf(cluster, [...pending, ...begun]);
}

async function hindrancesOf(cluster: ClusterReader, pods: readonly Pod[]): Promise<readonly HinderedPod[]> {
  const found: HinderedPod[] = [];
  for (const pod of pods.filter(({ going }) => going !== true)) {
    const hindered = await hindranceOf(cluster, pod);
    if (hindered !== undefined) found.push(hindered);
  }
  return found;
}

async function hindranceOf(cluster: ClusterReader, pod: Pod): Promise<HinderedPod | undefined> {
  const failure = await pullFailureOf(cluster, pod);
  if (failure !== undefined) return withoutImage(pod, failure);
  const container = restarting(pod);
  if (container !== undefined) return endsAgain(cluster, pod, container);
  const trouble = podTrouble(pod);
  if (trouble === undefined) return undefined;
  const look = `look at it (kubectl ${inNamespace(cluster, pod)} describe pod ${pod.name})`;
  if (pod.unschedulable === undefined) return plain(pod, trouble.reason, trouble.detail, look);
  const message = `no machine takes ${pod.name}`;
  return {
    ...{ pod, message, said: pod.unschedulable, meanwhile: `${message} (${pod.unschedulable})` },
    forGood: hasNoPlace(pod),
    remedy: /were unschedulable/.test(pod.unschedulable)
      ? `have the machine take pods again (kubectl ${leadingTo(cluster)} uncordon NODE)`
      : `see what else takes the room on the machine that it is for (kubectl ${leadingTo(cluster)} describe nodes), free some of it`,
  };
}

function withoutImage(pod: Pod, { image, because, said, forGood, remedy }: PullFailure): HinderedPod {
  const where = pod.node === undefined ? '' : `${pod.node} gets no `;
  return {
    ...{ pod, forGood, said, remedy },
    message: `${where}image ${image}: ${because}`,
    meanwhile: `${image}: ${because}, it is tried again${said === '' ? '' : ` (${said})`}`,
  };
}

/** With its last words, which say more than anybody else knows of it. */
async function endsAgain(
  cluster: ClusterReader,
  pod: Pod,
  { name, ended, restarts }: PodContainer,
): Promise<HinderedPod> {
  const { exitCode, stdout } = await cluster.query(getLastWords(cluster.kubectl, pod, name));
  const said = exitCode === 0 ? (stdout.trim().split('\n').at(-1) ?? '').trim().slice(0, 300) : '';
  const why = ended === undefined || ended.reason === 'Error' ? '' : `${ended.reason}, `;
  const message = `${on(pod)}: ${name} ends again and again (${why}exit code ${ended?.exitCode ?? 0})`;
  return {
    ...{ pod, message, said },
    forGood: restarts >= LIVES,
    meanwhile: `${message}, it is started again`,
    remedy: `read what it says (kubectl ${inNamespace(cluster, pod)} logs ${pod.name} -c ${name} --previous)`,
  };
}

function plain(pod: Pod, reason: string, said: string, remedy: string): HinderedPod {
  const message = `${on(pod)}: ${reason}`;
  return {
    pod,
    forGood: false,
    message,
    said,
    meanwhile: said === '' ? message : `${message} (${said})`,
    remedy,
  };
}

function on({ name, node }: Pod): string {
  return node === undefined ? name : `${name} on ${node}`;
}

/** The options by which a person's kubectl finds the cluster. */
export function leadingTo({
  context,
  own,
}: {
  readonly context?: string | undefined;
  readonly own?: Pick<OwnCluster, 'kubeconfig'> | undefined;
}): string {
  // There is no other context in it.
  if (own !== undefined) return `--kubeconfig ${quote(own.kubeconfig)}`;
  return context === undefined ? '--kubeconfig .kmon/kubeconfig' : `--context ${quote(context)}`;
}

function inNamespace(cluster: ClusterReader, { namespace }: Pod): string {
  return `${leadingTo(cluster)} -n ${namespace}`;
}

/** What a wait for pods ends with, or what it tells meanwhile. `again`: what to do when it is mended. */
export function inTheWayOf(pods: readonly HinderedPod[], again: string): KmonError | string | undefined {
  const worst = worstOf(pods);
  return worst?.forGood === true ? failureOf(worst, again) : worst?.meanwhile;
}

/** Why one of them does not run when the time is over, whether it may pass or not; `undefined`: nothing keeps them from it. */
export function failureBehind(pods: readonly HinderedPod[], again: string): KmonError | undefined {
  const worst = worstOf(pods);
  return worst === undefined ? undefined : failureOf(worst, again);
}

function worstOf(pods: readonly HinderedPod[]): HinderedPod | undefined {
  return pods.find(({ forGood }) => forGood) ?? pods[0];
}

function failureOf({ message, said, remedy }: HinderedPod, again: string): KmonError {
  return new KmonError('not-verified', message, {
    ...(said === '' ? {} : { evidence: said }),
    hint: `${remedy}; then ${again}`,
  });
}

/**
 * The diagnosis of the pods of a namespace when the time is over: the first one that does not come to run, with its reason; `undefined`: they
 * only start.
 *
 * @param o.only those pods that are meant; absent: all
 */
export async function diagnosePods(
  cluster: ClusterReader,
  namespace: string,
  again: string,
  { only = () => true }: { readonly only?: (pod: Pod) => boolean } = {},
): Promise<KmonError | undefined> {
  const pods = parsePods(await cluster.query(getPods(cluster.kubectl, namespace))).filter(only);
  const hindered = await hindrancesOf(cluster, pods);
  return failureBehind(hindered.length > 0 ? hindered : await stuck(cluster, namespace, pods), again);
}

/** The pods whose containers are not even made, and what its kubelet last said of each: no network for it, a volume that is not there. */
async function stuck(
  cluster: ClusterReader,
  namespace: string,
  pods: readonly Pod[],
): Promise<readonly HinderedPod[]> {
  const starting = pods.filter((pod) => pod.phase === 'Pending');
  if (starting.length === 0) return [];
  const warnings = parseWarnings(await cluster.query(getWarnings(cluster.kubectl, namespace)));
  return starting.flatMap((pod) => {
    const last = warnings.findLast((warning) => warning.name === pod.name);
    if (last === undefined) return [];
    const look = `look at it (kubectl ${inNamespace(cluster, pod)} describe pod ${pod.name})`;
    return [plain(pod, last.reason, last.message, look)];
  });
}
