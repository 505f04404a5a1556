import type { Config } from '../config/config.js';
import { madeNode } from './ledger.js';
import type { Facts } from './facts.js';
import type { Machine } from '../room/machine.js';
import { isOfRoom } from '../room/room-mark.js';
import type { RoomMark } from '../room/room-mark.js';

/**
 * Whose what is on a machine is.
 *
 * `nobody`: neither kmon nor a kubeadm was here. `us`: this room changed it, and what there is of Kubernetes is its own; `node` says
 * whether there is any. `room`: another room of kmon changed it (`mark` absent: a kmon that did not say which); `ourOwn`: it is this very
 * room, in which the machine has another role. `owner`: a cluster that kmon did not make, told by its files or by its kubelet.
 */
export type Ownership =
  | { readonly of: 'nobody' }
  | { readonly of: 'us'; readonly node: boolean }
  | { readonly of: 'room'; readonly mark?: RoomMark; readonly since: string; readonly ourOwn: boolean }
  | { readonly of: 'owner'; readonly files: readonly string[]; readonly kubeletRuns: boolean };

/**
 * By the ledger's own word, and never by its mere being there: an entry about a firewall says nothing of a cluster. What another room
 * made is that room's, and what kmon's ledger does not call its own is the owner's.
 */
export function ownershipOf(
  machine: Machine,
  facts: Pick<Facts, 'ledger' | 'kubernetesFiles' | 'units' | 'foreignKubelet'>,
  config: Pick<Config, 'roomId' | 'room'>,
): Ownership {
  const { ledger, kubernetesFiles: files } = facts;
  if (ledger !== undefined) {
    const { room: mark, since } = ledger;
    if (mark === undefined || !isOfRoom(mark, config))
      return { of: 'room', since, ourOwn: false, ...(mark === undefined ? {} : { mark }) };
    // Its node would have to be undone before it can be something else; that is what teardown is for.
    if (mark.role !== machine.role && madeNode(ledger) && files.length > 0)
      return { of: 'room', since, ourOwn: true, mark };
  }
  if (madeNode(ledger) && facts.foreignKubelet !== true) return { of: 'us', node: files.length > 0 };
  const state = facts.units['kubelet']?.active;
  const kubeletRuns = (state === 'active' || state === 'activating') && ledger?.kubelet !== true;
  if (files.length > 0 || kubeletRuns) return { of: 'owner', files, kubeletRuns };
  return ledger === undefined ? { of: 'nobody' } : { of: 'us', node: false };
}
