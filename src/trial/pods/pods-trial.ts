import { randomBytes } from 'node:crypto';
import { PAUSE } from '../../artifacts/images.js';
import { hinderedPods, inTheWayOf } from '../../cluster/hindered-pods.js';
import type { TrialContext } from '../../engine/stage.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import { endTriedRaw, getPods, getService, getWarnings, tryRaw } from '../../tools/kubectl.js';
import { parsePods, parseWarnings, podTrouble } from '../../tools/pods.js';
import type { Pod } from '../../tools/pods.js';
import { parseService } from '../../tools/services.js';
import type { Service } from '../../tools/services.js';
import { NO_PERL } from '../program.js';
import { askFromPod, parseHeard } from './ask-from-pod.js';
import type { Heard } from './ask-from-pod.js';
import { readNameAnswer } from './name-question.js';
import { JOBS_PATH, LABEL, NAMESPACE, jobPath, trialPod } from './trial-pod.js';

/** A pod that does nothing is there within seconds, where its machine is slow or its network just comes up, within a minute. */
const STARTS_WITHIN_MS = 60_000;

/** The cluster's DNS reaches a machine when its pod network does. */
const ANSWERS_WITHIN_MS = 60_000;

/** On the parent it only starts, beside all else that does. */
const STARTS_ANSWERING_WITHIN_MS = 120_000;

/** Nobody is left to take the pod away when kmon is killed: it goes by itself. */
const DEADLINE_SECONDS = 240;

const LOOK_EVERY_MS = 700;

/** The name by which every pod finds the API. */
const NAME = 'kubernetes.default.svc.cluster.local';

/** What a pod on the machine could do. `untried`: nothing is known, for this reason. */
export type FromPod =
  | { readonly state: 'works' }
  | { readonly state: 'untried'; readonly because: string }
  | { readonly state: 'fails'; readonly error: KmonError };

/**
 * Starts a pod on the machine, and asks in its network the cluster's DNS for the name of the API, and whether the Service behind that name
 * is reached. A node is Ready before that: Ready says that the kubelet has a network for pods, and not that it leads anywhere.
 *
 * The pod is a Job that ends by itself, also when kmon is killed.
 */
export async function tryFromPod(c: TrialContext): Promise<FromPod> {
  const name = `kmon-trial-${randomBytes(5).toString('hex')}`;
  const { kubectl } = c.cluster;
  const services = await servicesOf(c);
  const job = await trialPod({
    name,
    node: c.machine.name,
    image: c.supply.indispensable(PAUSE),
    deadlineSeconds: DEADLINE_SECONDS,
  });
  c.say('starting a pod');
  try {
    await c.attemptOnCluster(tryRaw(kubectl, JOBS_PATH, job));
    const container = await containerOf(c, name);
    if (container instanceof KmonError) return { state: 'fails', error: container };
    return await listen(c, container, services);
  } catch (error) {
    return untried(error);
  } finally {
    // It ends by itself: that it could not be ended now takes nothing from what was seen.
    await c.attemptOnCluster(endTriedRaw(kubectl, jobPath(name))).catch(() => undefined);
  }
}

/** A cluster that is slow to answer says nothing of the network of pods. @throws whatever else went wrong: the machine is lost, or Ctrl-C */
function untried(error: unknown): FromPod {
  const kinds: readonly string[] = ['timeout', 'command'];
  if (!(error instanceof KmonError) || !kinds.includes(error.code)) throw error;
  return { state: 'untried', because: error.evidence ?? error.message };
}

interface Services {
  readonly dns: Service;
  readonly api: Service;
}

function servicesOf(c: TrialContext): Promise<Services> {
  const { cluster } = c;
  return c.shared('services-of-a-cluster', 60_000, async () => {
    const [dns, api] = await Promise.all([
      cluster.query(getService(cluster.kubectl, NAMESPACE, 'kube-dns')),
      cluster.query(getService(cluster.kubectl, 'default', 'kubernetes')),
    ]);
    const [of, to] = [parseService(dns), parseService(api)];
    if (of !== undefined && to !== undefined) return { dns: of, api: to };
    throw new KmonError('precondition', 'the cluster has no address for its DNS, or none for its API', {
      hint: 'run `kmon init-parent`: it ends what was begun',
    });
  });
}

function trialPods(c: TrialContext): Promise<readonly Pod[]> {
  const { cluster } = c;
  return c.shared('pods-of-trials', LOOK_EVERY_MS - 100, async () =>
    parsePods(await cluster.query(getPods(cluster.kubectl, NAMESPACE, LABEL))),
  );
}

/** The id of the pod's container once it runs, or why it does not: at once, where the pod says so. */
async function containerOf(c: TrialContext, job: string): Promise<string | KmonError> {
  const own = async (): Promise<Pod | undefined> =>
    (await trialPods(c)).find(({ name }) => name.startsWith(`${job}-`));
  const end = await until(
    async () => {
      const pod = await own();
      if (pod === undefined) return undefined;
      const id = pod.containers.find(({ ready }) => ready)?.id;
      return id ?? (pod.phase === 'Failed' || podTrouble(pod) !== undefined ? pod : undefined);
    },
    { withinMs: STARTS_WITHIN_MS, everyMs: LOOK_EVERY_MS, clock: c.clock, signal: c.signal },
  );
  return typeof end === 'string' ? end : noPod(c, job, end ?? (await own()));
}

/** In the words of the kubelet, or of whoever refused to make the pod at all. */
async function noPod(c: TrialContext, job: string, pod: Pod | undefined): Promise<KmonError> {
  const { cluster } = c;
  const trouble = pod === undefined ? undefined : podTrouble(pod);
  const warnings = parseWarnings(await cluster.query(getWarnings(cluster.kubectl, NAMESPACE)));
  const last = warnings.findLast(({ name }) => name === job || name.startsWith(`${job}-`));
  const reason = trouble?.reason ?? last?.reason ?? 'it does not come to be';
  const evidence = last?.message ?? trouble?.detail;
  return new KmonError('not-verified', `no pod starts on ${c.machine.name}: ${reason}`, {
    ...(evidence === undefined ? {} : { evidence }),
    hint: `look at its kubelet (sudo journalctl -u kubelet -n 50) and ${again(c)}`,
  });
}

/** Asks until all is heard, or the deadline is over. */
async function listen(c: TrialContext, container: string, { dns, api }: Services): Promise<FromPod> {
  const question = await askFromPod(container, { dns, name: NAME, service: api });
  const withinMs = c.machine.role === 'parent' ? STARTS_ANSWERING_WITHIN_MS : ANSWERS_WITHIN_MS;
  let last: FromPod = { state: 'untried', because: 'it said nothing' };
  c.say('asking for a name, and for a service, from a pod');
  const end = await until(
    async () => {
      const { exitCode, stdout, stderr } = await c.attempt(question);
      if (exitCode === NO_PERL) return { state: 'untried', because: 'perl is missing' } as const;
      const heard = parseHeard(stdout);
      if (heard === undefined) {
        const said = stderr.trim().split('\n').at(-1) ?? '';
        last = { state: 'untried', because: said === '' ? `it ended with exit code ${exitCode}` : said };
        return undefined;
      }
      const fault = faultIn(c, heard, { dns, api });
      if (fault === undefined) return { state: 'works' } as const;
      const refused = typeof heard.dns === 'string' ? await deadDns(c) : undefined;
      last = { state: 'fails', error: refused ?? fault };
      return refused === undefined ? undefined : last;
    },
    { withinMs, everyMs: 1000, clock: c.clock, signal: c.signal },
  );
  return end ?? last;
}

/** Where CoreDNS is kept from running for good, no answer will come. */
async function deadDns(c: TrialContext): Promise<KmonError | undefined> {
  const pods = (await hinderedPods(c)).filter(({ pod }) => pod.labels['k8s-app'] === 'kube-dns');
  const found = inTheWayOf(pods, again(c));
  return found instanceof KmonError ? found : undefined;
}

function faultIn(c: TrialContext, heard: Heard, { dns, api }: Services): KmonError | undefined {
  const { name } = c.machine;
  if (typeof heard.dns === 'string') {
    return new KmonError(
      'not-verified',
      `pods on ${name} do not reach the cluster's DNS: ${IN_WORDS[heard.dns]}`,
      {
        evidence: `${dns.address}:${dns.port}, asked from a pod on ${name} for ${NAME}`,
        hint: `see whether CoreDNS runs (kubectl -n ${NAMESPACE} get pods -l k8s-app=kube-dns -o wide) and what \`kmon check\` says of the network, then ${again(c)}`,
      },
    );
  }
  const answer = readNameAnswer(heard.dns.packet);
  if ('refused' in answer) {
    return new KmonError('not-verified', `the cluster's DNS does not know its own API: ${answer.refused}`, {
      evidence: `${dns.address}:${dns.port}, asked from a pod on ${name} for ${NAME}`,
      hint: `look at what CoreDNS says (kubectl -n ${NAMESPACE} logs -l k8s-app=kube-dns) and ${again(c)}`,
    });
  }
  if (heard.tcp === 'open') return undefined;
  return new KmonError('not-verified', `pods on ${name} reach no Service: ${IN_WORDS[heard.tcp]}`, {
    evidence: `${api.address}:${api.port}, the Service of the API, tried from a pod on ${name}`,
    hint: `look at what kube-proxy says (kubectl -n ${NAMESPACE} logs -l k8s-app=kube-proxy) and ${again(c)}`,
  });
}

const IN_WORDS = {
  silent: 'no answer',
  refused: 'the connection is refused',
  'no-route': 'there is no way to it',
} as const;

function again({ machine }: TrialContext): string {
  return `run \`kmon ${machine.role === 'parent' ? 'init-parent' : `join-child --only ${machine.name}`}\` again`;
}
