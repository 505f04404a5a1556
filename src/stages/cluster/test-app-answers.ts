import { askPages, parsePages } from '../../apps/test-app/ask-pages.js';
import type { PagesHeard } from '../../apps/test-app/ask-pages.js';
import { TEST_APP, TEST_APP_LABEL, TEST_APP_NAMESPACE, TEST_APP_PORT } from '../../apps/test-app/objects.js';
import { appRows, lackingIn, lackText } from '../../apps/test-app/rows.js';
import type { AppRow, Lack } from '../../apps/test-app/rows.js';
import { failureBehind, hinderedPods, inTheWayOf } from '../../cluster/hindered-pods.js';
import type { HinderedPod } from '../../cluster/hindered-pods.js';
import { clusterNodes } from '../../cluster/nodes.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, onParent, pending, satisfied } from '../../engine/stage.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import { allMachines } from '../../room/room.js';
import { getPods, getServices } from '../../tools/kubectl.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { parsePods } from '../../tools/pods.js';
import type { Pod } from '../../tools/pods.js';
import { parseServices } from '../../tools/services.js';
import { NO_PERL } from '../../trial/program.js';
import { testApp } from './test-app.js';

/** A pod that is Ready is known to every machine's kube-proxy a moment later; machines that are busy take longer. */
const ANSWERS_WITHIN_MS = 20_000;

export interface AnswersSeen {
  /** A row a child, in the order of the room. */
  readonly rows: readonly AppRow[];
  /** What is missing of those that there is something to wait for. */
  readonly lacks: readonly Lack[];
  /** Children on whose nodes nothing runs, each with why; nobody waits for them. */
  readonly absent: readonly Lack[];
  /** The port that answers on every machine. */
  readonly nodePort?: number;
  /** A pod runs on every child that can have one, and had the time to answer. */
  readonly runs?: true;
}

/** The proof of the test application: every child's page is got from its pod, and by every machine's port. Changes nothing; it waits. */
export const testAppAnswers: Stage<AnswersSeen> = {
  id: 'test-app-answers',
  title: 'Ask each child for its page',
  after: onParent(testApp),
  on: 'cluster',
  settleMs: 180_000,
  look: lookAtAnswers,
  foresee: () => ({ rows: [], lacks: [{ child: 'all', because: 'no page asked for yet' }], absent: [] }),
  judge: ({ rows, lacks, runs }) => {
    if (lacks.length > 0) return runs === true ? blocked(notAnswered(lacks)) : pending(lackText(lacks));
    const answering = rows.filter((r) => r.fromParent).length;
    return satisfied(
      `${answering} of ${rows.length} children answer the parent, and by the port of every machine`,
    );
  },
  hindrance: async (c) => {
    const pods = await ownHindered(c);
    const refused = inTheWayOf(pods, AGAIN);
    if (!(refused instanceof KmonError)) return refused;
    const hopeless = pods.filter(({ forGood }) => forGood).map(({ pod }) => pod.node);
    const { children } = await lookAtPods(c);
    // The others may come yet.
    return children.every((r) => isSettled(r) || hopeless.includes(r.child)) ? refused : refused.message;
  },
  diagnose: async (because, c) =>
    failureBehind(await ownHindered(c), AGAIN) ??
    new KmonError('not-verified', because, {
      hint: `give it a minute, since slow machines start slowly, and ${AGAIN}`,
    }),
};

const AGAIN = 'run `kmon test-app` again';

function notAnswered(lacks: readonly Lack[]): KmonError {
  return new KmonError('not-verified', lackText(lacks), {
    hint: `see what \`kmon verify\` says of the network of pods and \`kmon check\` of that between machines, then ${AGAIN}`,
  });
}

async function ownHindered(c: Context): Promise<readonly HinderedPod[]> {
  return (await hinderedPods(c)).filter(({ pod }) => pod.namespace === TEST_APP_NAMESPACE);
}

/** A child with the pod that runs on it, or why there is none to wait for. */
interface ChildSeen {
  readonly child: string;
  readonly pod?: Pod;
  readonly absent?: Lack;
}

/** There is nothing to wait for until it answers. */
function isSettled({ pod, absent }: ChildSeen): boolean {
  return pod !== undefined || absent !== undefined;
}

async function lookAtPods(
  c: Context,
): Promise<{ readonly nodes: readonly ClusterNode[]; readonly children: readonly ChildSeen[] }> {
  const { cluster } = c;
  const nodes = await clusterNodes(c);
  const pods = parsePods(await cluster.query(getPods(cluster.kubectl, TEST_APP_NAMESPACE, TEST_APP_LABEL)));
  const children = c.config.room.children.map(({ name }): ChildSeen => {
    const absent = absence(
      name,
      nodes.find((n) => n.name === name),
    );
    const pod = runningOn(name, pods);
    return {
      child: name,
      ...(absent === undefined ? {} : { absent }),
      ...(pod === undefined || absent !== undefined ? {} : { pod }),
    };
  });
  return { nodes, children };
}

/** Once a pod runs on every child that can have one, it gives their answers the time to come. */
async function lookAtAnswers(c: Context): Promise<AnswersSeen> {
  const { cluster } = c;
  const { nodes, children } = await lookAtPods(c);
  const services = parseServices(await cluster.query(getServices(cluster.kubectl, TEST_APP_NAMESPACE)));
  const nodePort = services.find((s) => s.name === TEST_APP)?.ports[0]?.nodePort;
  // Of NodePorts a laptop forwards those of a parent only.
  const asked = allMachines(c.config.room).filter((m) => m.role === 'parent' || m.guest !== true);
  const machines = asked.flatMap(({ name }) => {
    const node = nodes.find((n) => n.name === name);
    return node?.state === 'ready' && node.internalIp !== undefined
      ? [{ name, address: node.internalIp, port: nodePort ?? 0 }]
      : [];
  });
  const runs = children.every(isSettled);
  const ask = async (): Promise<Pick<AnswersSeen, 'rows' | 'lacks'>> => {
    const rows = appRows(
      children,
      machines.map((m) => m.name),
      nodePort === undefined ? undefined : await hear(c, children, machines),
    );
    const waitedFor = rows.filter(({ child }) =>
      children.some((r) => r.child === child && r.absent === undefined),
    );
    return { rows, lacks: lackingIn(waitedFor) };
  };
  let last = await ask();
  if (runs && last.lacks.length > 0) {
    const all = await until(
      async () => {
        last = await ask();
        return last.lacks.length === 0 ? last : undefined;
      },
      { withinMs: ANSWERS_WITHIN_MS, everyMs: 1000, clock: c.clock, signal: c.signal },
    );
    last = all ?? last;
  }
  return {
    ...last,
    absent: children.flatMap(({ absent }) => absent ?? []),
    ...(nodePort === undefined ? {} : { nodePort }),
    ...(runs ? { runs } : {}),
  };
}

/** Why there is nothing to wait for on a child. */
function absence(child: string, node: ClusterNode | undefined): Lack | undefined {
  if (node === undefined)
    return { child, because: 'it is not in the cluster', fix: `run \`kmon join-child --only ${child}\`` };
  if (node.state === 'ready') return undefined;
  const because = `its node is not Ready: ${node.because ?? 'no answer from its kubelet'}`;
  return { child, because, fix: `look at its kubelet (sudo journalctl -u kubelet -n 50), then ${AGAIN}` };
}

function runningOn(child: string, pods: readonly Pod[]): Pod | undefined {
  return pods.find((p) => p.node === child && p.ready && p.going !== true && p.address !== undefined);
}

async function hear(
  c: Context,
  children: readonly ChildSeen[],
  machines: Parameters<typeof askPages>[1],
): Promise<PagesHeard | undefined> {
  const pods = children.flatMap(({ pod }) =>
    pod?.address === undefined ? [] : [{ name: pod.name, address: pod.address, port: TEST_APP_PORT }],
  );
  if (pods.length === 0) return undefined;
  c.say('asking each child for its page');
  const { exitCode, stdout, stderr } = await c.parent.query(await askPages(pods, machines));
  if (exitCode === NO_PERL)
    throw new KmonError('precondition', 'the parent has no perl, which asks for the pages', {
      hint: 'install it there (sudo apt-get install perl-base)',
    });
  if (exitCode !== 0)
    throw new KmonError('command', 'the parent could not ask for the pages', {
      evidence: stderr.trim().split('\n').at(-1) ?? '',
    });
  return parsePages(stdout);
}
