import type { Context } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { kubeadmNode, wasNode } from '../../resources/kubeadm-node.js';
import type { KubeadmNodeState } from '../../resources/kubeadm-node.js';
import type { Reversible } from '../../resources/resource.js';
import { CONTAINERD } from '../../tools/containerd.js';
import { removeProxyTables } from '../../tools/kube-proxy.js';
import { kubeadmReset } from '../../tools/kubeadm.js';
import { toolPaths } from '../../tools/paths.js';

/** The machine as a node of this room's cluster: what is noted before kubeadm begins. */
export function ownNodeOf(c: Context): Reversible<KubeadmNodeState> {
  return kubeadmNode({
    binDir: toolPaths(c.supply).folder,
    criSocket: CONTAINERD.socket,
    runtimeUnit: CONTAINERD.unit,
  });
}

/**
 * Whether an init or a join that broke off may be undone: only where the ledger has an entry for this very thing which says that there was
 * none before kmon came. Resolves to the refusal when it may not; nothing is changed there.
 */
export async function mayUndo(c: Context): Promise<KmonError | undefined> {
  const thing = ownNodeOf(c);
  const found = (await c.foundBefore(thing)) as KubeadmNodeState | undefined;
  const now = thing.parse(await c.run.query(thing.read));
  if (found !== undefined && !wasNode(found) && now.foreign !== true) return undefined;
  const evidence = [...(found?.traces ?? []), ...(found?.data ?? [])].slice(0, 3).join(', ');
  return new KmonError('precondition', 'a cluster is here that kmon did not make', {
    ...(evidence === '' ? {} : { evidence }),
    hint: 'ask its owner; if it may go: sudo kubeadm reset',
  });
}

/** Undoes by kubeadm itself what broke off, and what that leaves in the way, so that it can be begun again; see `mayUndo`. */
export function undoingHalfDone(c: Context, what: 'init' | 'join'): readonly Step[] {
  return [
    {
      at: 'machine',
      intent: `undo a half-done ${what}`,
      command: kubeadmReset(toolPaths(c.supply), CONTAINERD.socket),
    },
    { at: 'machine', intent: "take the rules of that cluster's kube-proxy away", command: removeProxyTables },
  ];
}
