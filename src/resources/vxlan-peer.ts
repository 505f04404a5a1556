import { changes, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type VxlanPeerParams = {
  readonly device: string;
  /** The peer's address inside of the overlay. */
  readonly address: string;
  readonly mac: string;
  /** Where the machine is reached from outside of it. */
  readonly machine: string;
};

/** As `ip neigh` and `bridge fdb` write them. */
export type VxlanPeerState = {
  readonly neighbours: readonly string[];
  readonly forwards: readonly string[];
};

/**
 * Another machine in the overlay: which MAC address has its address in there (neighbour), and on which machine that is (fdb). Both are
 * permanent, so that nothing is asked for by broadcast, which an access point may drop and a NAT does not pass. They go with the device,
 * and do not survive a restart.
 */
export function vxlanPeer(params: VxlanPeerParams): Resource<VxlanPeerState> {
  const { device, address, mac, machine } = params;
  const neighbour = `${address} lladdr ${mac} PERMANENT`;
  const forward = `${mac} dst ${machine} self permanent`;
  return {
    id: `vxlan peer ${address}`,
    kind: 'vxlan-peer',
    params,
    read: reads`ip -o -4 neigh show ${address} dev ${device} 2>/dev/null | sed 's/^/neighbour /'
bridge fdb show dev ${device} 2>/dev/null | sed -n ${`s/^${mac} /forward &/p`}`,
    parse: (result) => {
      const lines = new Fields(result, ['neighbour', 'forward']);
      return { neighbours: lines.all('neighbour').map(trimmed), forwards: lines.all('forward').map(trimmed) };
    },
    satisfied: ({ neighbours, forwards }) =>
      neighbours.includes(neighbour) && forwards.length === 1 && forwards[0] === forward,
    change: () => changes`ip -4 neigh replace ${address} lladdr ${mac} dev ${device} nud permanent
bridge fdb replace ${mac} dev ${device} dst ${machine} self permanent`,
    describe: () => `tell ${device} of the machine ${machine}`,
    restore: (found, now) => {
      const mine = now.neighbours.includes(neighbour) && !found.neighbours.includes(neighbour);
      const sent = now.forwards.includes(forward) && !found.forwards.includes(forward);
      if (!mine && !sent) return 'nothing';
      return changes`ip -4 neigh del ${address} dev ${device} 2>/dev/null || :
bridge fdb del ${mac} dev ${device} dst ${machine} self 2>/dev/null || :`;
    },
  };
}

function trimmed(line: string): string {
  return line.trim().replace(/\s+/g, ' ');
}
