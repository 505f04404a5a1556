import { PORTS } from '../../room/ports.js';
import { randomBytes } from 'node:crypto';
import { give, key } from '../../engine/results.js';
import type { Results } from '../../engine/results.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, here, onParent, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import { kubeadmJoinConfig } from '../../render/kubeadm.js';
import type { NodeValues } from '../../render/kubeadm.js';
import { changes, reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import type { Secret } from '../../shell/secret.js';
import {
  createBootstrapToken,
  newBootstrapToken,
  revokeBootstrapToken,
} from '../../tools/bootstrap-token.js';
import type { BootstrapToken } from '../../tools/bootstrap-token.js';
import { JOIN_CLUSTER_FILE, kubeadmJoin, proveApi } from '../../tools/kubeadm.js';
import { deleteNode } from '../../tools/kubectl.js';
import { askWhereProxyLooks, placesOfProxy } from '../../tools/kube-proxy.js';
import { toolPaths } from '../../tools/paths.js';
import { forAddons } from '../machine/for-addons.js';
import { mayUndo, ownNodeOf, undoingHalfDone } from '../machine/half-done.js';
import { images } from '../machine/images.js';
import { kubelet } from '../machine/kubelet.js';
import { installPackages } from '../machine/packages.js';
import { ownNode } from '../../cluster/nodes.js';
import { nodeAddress } from '../../facts/place.js';
import { requireCluster } from './control-plane.js';
import { initParent } from './init-parent.js';
import { nodeValues, valuesOnceInstalled } from './kubeadm-values.js';
import { followingNode, hasMoved, movedFrom, startingProxyAgain } from './moved-node.js';

const TOKEN_MINUTES = 10;

/** Given when the child has reached the API with its token: what the look says from then on is about this very join. */
const REACHED = key<true>('the API, reached with the token');

interface JoinSeen {
  /** Why there is nothing to join, or why what is there may not be undone. */
  readonly refused?: KmonError;
  /** What the machine says of itself: files of kubeadm, and whether its kubelet runs. `behind`: its kube-proxy looks for the parent where that was. */
  readonly state: 'no' | 'half' | 'moved' | 'behind' | 'yes';
  /** The address under which the cluster knows one that has moved. */
  readonly movedFrom?: string;
  /** Of the cluster; PEM. */
  readonly ca?: string;
  readonly values?: NodeValues;
}

/**
 * kubeadm join with a token of its own for every child. Done when the cluster knows the node and its kubelet reports to it; that it
 * is Ready is another stage's matter. A child with kubelet.conf that the cluster does not hear of, or with what kubeadm takes away at its
 * end, is half joined: it is reset and joined again. One that has another address than the cluster knows is told to report it, and stays a node.
 */
export const joinChild: Stage<JoinSeen> = {
  id: 'join-child',
  title: 'Join the children',
  // A node gets its pods at once: what these need is there before.
  after: [...here(images, kubelet, forAddons, installPackages), ...onParent(initParent)],
  on: 'children',
  settleMs: 60_000,
  look: lookAtChild,
  foresee: (c) => ({ state: 'no', values: valuesOnceInstalled(c) }),
  judge: ({ refused, state, movedFrom: from }, { machine, facts }) => {
    if (refused !== undefined) return blocked(refused);
    if (state === 'yes') return satisfied('in the cluster');
    if (from !== undefined)
      return pending(`joined under the address ${from}, and has ${nodeAddress(machine, facts)} now`);
    if (state === 'moved') return pending('its pods have its old address still');
    if (state === 'behind') return pending('its kube-proxy looks for the API where the parent was');
    return pending(
      state === 'half' ? 'half joined: its node does not report to the cluster' : 'not in the cluster',
    );
  },
  notes: (_, c) => [ownNodeOf(c)],
  steps: ({ state, ca = '', values }, c) => [
    ...(state === 'moved' ? followingNode(c) : []),
    ...(state === 'behind' ? startingProxyAgain() : []),
    ...(state === 'half' ? undoing(c) : []),
    ...(values === undefined ? [] : joining(c, ca, values)),
  ],
  diagnose: async (because, c) =>
    new KmonError('not-verified', because, {
      hint: `look at its kubelet (sudo journalctl -u kubelet -n 50) and run \`kmon join-child --only ${c.machine.name}\` again`,
    }),
};

function undoing(c: Context): readonly Step[] {
  const { name } = c.machine;
  return [
    ...undoingHalfDone(c, 'join'),
    { at: 'cluster', intent: `forget the old node of ${name}`, command: deleteNode(c.cluster.kubectl, name) },
  ];
}

function joining(c: Context, ca: string, values: NodeValues): readonly Step[] {
  const tools = toolPaths(c.supply);
  const kubectl = c.cluster.kubectl;
  const { name } = c.machine;
  let made: BootstrapToken | undefined;
  // A plan needs none.
  const token = (): BootstrapToken => (made ??= newBootstrapToken(randomBytes));
  return [
    {
      at: 'cluster',
      intent: `make a token of ${TOKEN_MINUTES} minutes for ${name}`,
      command: () => createBootstrapToken(kubectl, token(), { expires: expiry(c), machine: name }),
      undo: {
        intent: `revoke the token of ${name}`,
        command: () => revokeBootstrapToken(kubectl, token().id),
      },
    },
    {
      at: 'machine',
      intent: `prove that ${name} reaches the API with its token`,
      wait: async () => {
        await reachApi(c, proveApi(tools, { ca, token: token().token }), token().token);
        return [give(REACHED, true)];
      },
    },
    {
      at: 'machine',
      intent: 'kubeadm join',
      command: async () =>
        kubeadmJoin(tools, {
          ca,
          config: await kubeadmJoinConfig({
            ...values,
            token: token().token,
            clusterFile: JOIN_CLUSTER_FILE,
          }),
        }),
    },
    { at: 'machine', intent: 'start the kubelet again, with its certificate', command: RESTART_KUBELET },
  ];
}

/**
 * A kubelet that waits for its first certificate asks for services as nobody, is refused, and asks again after a pause that doubles; until then
 * no pod of its node starts ("services have not yet been read at least once"), and each is tried again after ten seconds only. Seen in one of
 * two rooms: a child that was Ready had its first pod 12 s later.
 */
const RESTART_KUBELET = changes`systemctl restart kubelet`;

/** By the clock that judges it: the parent's. */
function expiry(c: Context): Date {
  const offset = c.factsOf.get(c.config.room.parent.name)?.clockOffsetMs ?? 0;
  return new Date(c.clock.now() + offset + TOKEN_MINUTES * 60_000);
}

async function lookAtChild(c: Context, so: Results): Promise<JoinSeen> {
  try {
    await requireCluster(c);
  } catch (error) {
    if (error instanceof KmonError) return { state: 'no', refused: error };
    throw error;
  }
  const before = await joined(c);
  const state = before === 'half' ? await afterAWhile(c) : before;
  if (state === 'yes' || state === 'behind' || so.get(REACHED) === true) return { state };
  if (state === 'half') {
    const refused = await mayUndo(c);
    if (refused !== undefined) return { state, refused };
  }
  if (state === 'moved') {
    const from = movedFrom(c, await ownNode(c));
    return { state, ...(from === undefined ? {} : { movedFrom: from }) };
  }
  const ca = (await c.parent.query(reads`cat /etc/kubernetes/pki/ca.crt`)).stdout;
  return { state, ca, values: await nodeValues(c) };
}

async function joined(c: Context): Promise<JoinSeen['state']> {
  const left = reads`ls /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/pki/ca.crt 2>/dev/null || true
${askWhereProxyLooks}`;
  const { stdout } = await c.run.query(left);
  const node = await ownNode(c);
  if (!stdout.includes('/kubelet.conf')) return node === undefined && stdout === '' ? 'no' : 'half';
  // kubeadm takes it away when the kubelet has its own: with it there, the join broke off.
  if (stdout.includes('/bootstrap-kubelet.conf')) return 'half';
  // "unknown": the kubelet has not answered for a while; "not-ready" is a kubelet that reports.
  if (node === undefined) return 'half';
  if (hasMoved(c, node)) return 'moved';
  if (node.state === 'unknown') return 'half';
  return placesOfProxy(stdout).every((at) => at === c.config.room.parent.address) ? 'yes' : 'behind';
}

/**
 * A child that was asleep, or out of the Wi-Fi, is as silent as one that broke off, and needs a moment and no second join: what runs on it is
 * a team's. How it is when its kubelet reports again; `half` where it does not.
 */
async function afterAWhile(c: Context): Promise<JoinSeen['state']> {
  const node = await ownNode(c);
  if (node?.state !== 'unknown') return 'half';
  c.say('waiting for its kubelet to report');
  const back = await until(
    async () => {
      const now = await joined(c);
      return now === 'half' || now === 'no' ? undefined : now;
    },
    { withinMs: 45_000, everyMs: 2000, clock: c.clock, signal: c.signal },
  );
  return back ?? 'half';
}

/** The API server hears of a new token within a second or two. */
async function reachApi(c: Context, prove: Command<'reads'>, token: Secret): Promise<void> {
  let last = '';
  const reached = await until(
    async () => {
      const result = await c.run.query(prove);
      last = token.maskIn(result.stderr.trim().split('\n').at(-1) ?? '');
      return result.exitCode === 0 ? true : undefined;
    },
    { withinMs: 10_000, everyMs: 500, clock: c.clock, signal: c.signal },
  );
  if (reached === true) return;
  const { parent } = c.config.room;
  throw new KmonError(
    'precondition',
    `the child does not reach the API of ${parent.name} (${parent.address}:${PORTS.apiServer.port})`,
    {
      evidence: last,
      hint: `open port ${PORTS.apiServer.port} on ${parent.name} for the room, or look at the network between the two`,
    },
  );
}
