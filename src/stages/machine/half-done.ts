import type { MachineContext } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { kubeadmNode, wasNode } from '../../resources/kubeadm-node.js';
import type { KubeadmNodeState } from '../../resources/kubeadm-node.js';
import type { Reversible } from '../../resources/resource.js';
import { CONTAINERD } from '../../tools/containerd.js';
import { kubeadmReset } from '../../tools/kubeadm.js';
import { toolPaths } from '../../tools/paths.js';

/** The machine as a node of this room's cluster: what is noted before kubeadm begins. */
export function ownNodeOf(m: MachineContext): Reversible<KubeadmNodeState> {
  return kubeadmNode({
    binDir: toolPaths(m.config).folder,
    criSocket: CONTAINERD.socket,
    runtimeUnit: CONTAINERD.unit,
  });
}

/**
 * Undoes by kubeadm itself an init or a join that broke off, so that it can be begun again. Only where the ledger has an entry for this very
 * thing which says that there was none before kmon came.
 *
 * @throws KmonError `precondition` on a machine that was a node before: nothing is changed there.
 */
export async function undoHalfDone(m: MachineContext, what: 'init' | 'join'): Promise<void> {
  const thing = ownNodeOf(m);
  const found = (await m.foundBefore(thing)) as KubeadmNodeState | undefined;
  const now = thing.parse(await m.run.query(thing.read));
  if (found === undefined || wasNode(found) || now.foreign === true) {
    const evidence = [...(found?.traces ?? []), ...(found?.data ?? [])].slice(0, 3).join(', ');
    throw new KmonError('precondition', 'a cluster is here that kmon did not make', {
      ...(evidence === '' ? {} : { evidence }),
      hint: 'ask its owner; if it may go: sudo kubeadm reset',
    });
  }
  m.say(`undoing a half-done ${what}`);
  await m.run.mutate(`undo a half-done ${what}`, kubeadmReset(toolPaths(m.config), CONTAINERD.socket));
}
