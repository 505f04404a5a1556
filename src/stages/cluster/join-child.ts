import { randomBytes } from 'node:crypto';
import type { MachineContext, Probe, Stage } from '../../engine/stage.js';
import { blocked, pending, satisfied } from '../../engine/stage.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import { kubeadmJoinConfig } from '../../render/kubeadm.js';
import { reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import type { Secret } from '../../shell/secret.js';
import type { BootstrapToken } from '../../tools/bootstrap-token.js';
import {
  createBootstrapToken,
  newBootstrapToken,
  revokeBootstrapToken,
} from '../../tools/bootstrap-token.js';
import { caCertHash, kubeadmJoin, proveApi } from '../../tools/kubeadm.js';
import { deleteNode } from '../../tools/kubectl.js';
import { toolPaths } from '../../tools/paths.js';
import { kubectlOf, ownNode, requireCluster } from './cluster.js';
import { ownNodeOf, undoHalfDone } from '../machine/half-done.js';
import { nodeValues } from './kubeadm-values.js';
import { ENDPOINT_NAME } from '../../config/names.js';
import { PORTS } from '../../room/ports.js';

const TOKEN_MINUTES = 10;

/** What a machine says of itself: files of kubeadm, and whether its kubelet runs. */
type Joined = 'no' | 'half' | 'yes';

/**
 * kubeadm join with a token of its own for every child. Done when the cluster knows the node and its kubelet reports to it; that it
 * is Ready is `child-network`'s matter. A child with kubelet.conf that the cluster does not hear of, or with what kubeadm takes away at its
 * end, is half joined: it is reset and joined again.
 */
export const joinChild: Stage = {
  id: 'join-child',
  title: 'Join the children',
  after: ['check', 'packages', 'system', 'runtime', 'images', 'kubelet', 'init-parent', 'parent-network'],
  on: 'children',
  settleMs: 60_000,
  notes: (m) => [ownNodeOf(m)],
  probe: async (m): Promise<Probe> => {
    try {
      await requireCluster(m);
    } catch (error) {
      if (error instanceof KmonError) return blocked(error);
      throw error;
    }
    const state = await joined(m);
    if (state === 'yes') return satisfied('in the cluster');
    return pending(
      state === 'half' ? 'half joined: its node does not report to the cluster' : 'not in the cluster',
    );
  },
  outline: () => [
    `make a token of ${TOKEN_MINUTES} minutes, prove that the child reaches the API with it`,
    'kubeadm join',
    'revoke the token',
  ],
  apply: async (m) => {
    const tools = toolPaths(m.config);
    if ((await joined(m)) === 'half') {
      if (await reportsAgain(m)) return;
      await undoHalfDone(m, 'join');
      await m.parent.mutate(
        `forget the old node of ${m.machine.name}`,
        deleteNode(kubectlOf(m), m.machine.name),
      );
    }
    const ca = (await m.parent.query(reads`cat /etc/kubernetes/pki/ca.crt`)).stdout;
    const token = await makeToken(m);
    m.say('reaching the API with its token');
    await reachApi(m, proveApi(tools, { ca, token: token.token }), token.token);
    m.say('kubeadm join');
    const config = await kubeadmJoinConfig({
      ...(await nodeValues(m)),
      apiServerEndpoint: `${ENDPOINT_NAME}:${PORTS.apiServer.port}`,
      token: token.token,
      caCertHashes: [caCertHash(ca)],
    });
    await m.run.mutate('kubeadm join', kubeadmJoin(tools, config));
  },
  diagnose: async (m, because) =>
    new KmonError('not-verified', because, {
      hint: `look at its kubelet (sudo journalctl -u kubelet -n 50) and run \`kmon join-child --only ${m.machine.name}\` again`,
    }),
};

async function joined(m: MachineContext): Promise<Joined> {
  const left = reads`ls /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/pki/ca.crt 2>/dev/null || true`;
  const { stdout } = await m.run.query(left);
  const node = await ownNode(m);
  if (!stdout.includes('/kubelet.conf')) return node === undefined && stdout === '' ? 'no' : 'half';
  // kubeadm takes it away when the kubelet has its own: with it there, the join broke off.
  if (stdout.includes('/bootstrap-kubelet.conf')) return 'half';
  // "unknown": the kubelet has not answered for a while; "not-ready" is a kubelet that reports.
  return node === undefined || node.state === 'unknown' ? 'half' : 'yes';
}

/**
 * A child that was asleep, or out of the Wi-Fi, is as silent as one that broke off, and needs a moment and no second join: what runs on it is
 * a team's. Resolves to whether it has to be left as it is.
 */
async function reportsAgain(m: MachineContext): Promise<boolean> {
  if ((await ownNode(m))?.state !== 'unknown') return false;
  m.say('waiting for its kubelet to report');
  const back = await until(async () => ((await joined(m)) === 'yes' ? true : undefined), {
    withinMs: 45_000,
    everyMs: 2000,
    clock: m.clock,
    signal: m.signal,
  });
  return back === true;
}

/** The API server hears of a new token within a second or two. */
async function reachApi(m: MachineContext, prove: Command<'reads'>, token: Secret): Promise<void> {
  let last = '';
  const reached = await until(
    async () => {
      const result = await m.run.query(prove);
      last = token.maskIn(result.stderr.trim().split('\n').at(-1) ?? '');
      return result.exitCode === 0 ? true : undefined;
    },
    { withinMs: 10_000, everyMs: 1000, clock: m.clock, signal: m.signal },
  );
  if (reached === true) return;
  const { parent } = m.config.room;
  throw new KmonError(
    'precondition',
    `the child does not reach the API of ${parent.name} (${parent.address}:${PORTS.apiServer.port})`,
    {
      evidence: last,
      hint: `open port ${PORTS.apiServer.port} on ${parent.name} for the room, or look at the network between the two`,
    },
  );
}

async function makeToken(m: MachineContext): Promise<BootstrapToken> {
  const kubectl = kubectlOf(m);
  const token = newBootstrapToken(randomBytes);
  m.defer(`revoke the token of ${m.machine.name}`, () =>
    m.parent.mutate(`revoke the token of ${m.machine.name}`, revokeBootstrapToken(kubectl, token.id)),
  );
  // By the clock that judges it: the parent's.
  const offset = m.factsOf.get(m.config.room.parent.name)?.clockOffsetMs ?? 0;
  const expires = new Date(m.clock.now() + offset + TOKEN_MINUTES * 60_000);
  await m.parent.mutate(
    `make a token of ${TOKEN_MINUTES} minutes for ${m.machine.name}`,
    createBootstrapToken(kubectl, token, { expires, machine: m.machine.name }),
  );
  return token;
}
