import type { Context } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { ownershipOf } from '../../facts/ownership.js';
import { isStillAt } from '../../facts/place.js';
import { askInitParts, initTraces, parseInitParts, parseInitTraces } from '../../tools/kubeadm-complete.js';
import { getReadyz } from '../../tools/kubectl.js';
import { parseReadyz } from '../../tools/kubernetes-objects.js';

/**
 * How far the control plane is. `absent`: kubeadm init has not left its kubeconfig. `not-ours`: what is there is an owner's or another room's,
 * and is not asked anything. `half`: the API server is ready, and kubeadm init has not come to its end; `missing` names what it lacks.
 * `initialized`, `marked`: kubeadm init is known to have come to its end. `moved`: it has, and listens at an address that the machine has no
 * more; `moving`: it was given the new one, and the node of its machine not yet.
 */
export type ControlPlane =
  | { readonly state: 'absent' | 'not-ours' }
  | { readonly state: 'moved'; readonly from: string }
  | { readonly state: 'ready'; readonly marked: boolean; readonly moving: boolean }
  | { readonly state: 'not-answering'; readonly initialized: boolean }
  | { readonly state: 'half'; readonly missing: readonly string[] };

/** Asks `/readyz` on the parent, and what kubeadm does last; all machines together at most once a second. */
export function controlPlane(m: Context): Promise<ControlPlane> {
  return m.shared('control-plane', 900, async () => {
    if (!isOurParent(m)) return { state: 'not-ours' };
    const traces = parseInitTraces((await m.parent.query(initTraces)).stdout);
    if (traces === undefined) return { state: 'absent' };
    const { done: initialized, at, moving } = traces;
    const { parent } = m.config.room;
    const isElsewhere = at !== undefined && !isStillAt(parent, m.factsOf.get(parent.name), at);
    if (initialized && at !== undefined && (isElsewhere || moving === 'part'))
      return { state: 'moved', from: at };
    const { ready } = parseReadyz(await m.cluster.query(getReadyz(m.cluster.kubectl)));
    if (!ready) return { state: 'not-answering', initialized };
    if (initialized) return { state: 'ready', marked: true, moving: moving === 'node' };
    const parts = parseInitParts((await m.cluster.query(askInitParts(m.cluster.kubectl))).stdout);
    if (parts.missing.length > 0) return { state: 'half', missing: parts.missing };
    return parts.unknown.length > 0
      ? { state: 'not-answering', initialized }
      : { state: 'ready', marked: false, moving: moving === 'node' };
  });
}

/** Another room's cluster, or an owner's, is never asked or told anything: its nodes may have the same names. */
function isOurParent(m: Context): boolean {
  const { parent } = m.config.room;
  const facts = m.factsOf.get(parent.name);
  if (facts === undefined) return true;
  const { of } = ownershipOf(parent, facts, m.config);
  return of === 'us' || of === 'nobody';
}

/** For commands that need a running cluster. @throws KmonError `precondition`. */
export async function requireCluster(m: Context): Promise<void> {
  if (m.cluster.context !== undefined) {
    await requireAnswer(m, m.cluster.context);
    return;
  }
  const now = await controlPlane(m);
  const parent = m.config.room.parent.name;
  switch (now.state) {
    case 'ready':
      return;
    case 'absent':
      throw new KmonError('precondition', `there is no cluster on ${parent} yet`, {
        hint: 'run `kmon init-parent` first',
      });
    case 'not-ours':
      throw new KmonError('precondition', `the cluster on ${parent} is not this room's`, {
        hint: 'run `kmon check`: it says whose it is',
      });
    case 'moved':
      throw new KmonError(
        'precondition',
        `the cluster on ${parent} was made at ${now.from}, which ${parent} has no more`,
        {
          hint: 'run `kmon up`: it gives the cluster the new address',
        },
      );
    case 'half':
      throw new KmonError(
        'precondition',
        `the cluster on ${parent} is half made: ${now.missing.join(', ')} missing`,
        { hint: 'run `kmon init-parent`: it ends what was begun' },
      );
    case 'not-answering':
      throw new KmonError('precondition', `the control plane on ${parent} does not answer`, {
        hint: 'run `kmon init-parent`: it waits for it or says what is wrong',
      });
  }
}

/** Of a cluster that is not the room's nothing else is known, or asked. */
async function requireAnswer({ cluster }: Context, context: string): Promise<void> {
  const { ready, failing } = parseReadyz(await cluster.query(getReadyz(cluster.kubectl)));
  if (ready) return;
  throw new KmonError('precondition', `the cluster of context ${context} does not answer`, {
    ...(failing[0] === undefined ? {} : { evidence: failing[0] }),
    hint: 'try `kubectl get nodes` with that context; `kubectl config get-contexts` lists what there is',
  });
}

/** Of a machine that the cluster does not know, for commands that need it there. */
export function notInCluster(machine: string): KmonError {
  return new KmonError('precondition', 'it is not in the cluster: the cluster knows no node of this name', {
    hint: `run \`kmon join-child --only ${machine}\` first`,
  });
}
