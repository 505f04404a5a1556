import { route } from '../../resources/route.js';
import type { RouteState } from '../../resources/route.js';
import { vxlan as vxlanDevice } from '../../resources/vxlan.js';
import type { VxlanState } from '../../resources/vxlan.js';
import { vxlanPeer } from '../../resources/vxlan-peer.js';
import type { VxlanPeerState } from '../../resources/vxlan-peer.js';
import { overlayEnd, VXLAN, VXLAN_BYTES } from '../../tools/vxlan.js';
import type { Addon, NetworkContext } from '../addon.js';
import { deviceOf, named, pluginNetwork } from '../plugin-network.js';

const NO_DEVICE: VxlanState = { link: '', addresses: [] };
const NO_PEER: VxlanPeerState = { neighbours: [], forwards: [] };
const NO_ROUTE: RouteState = { routes: [] };

/**
 * The pod network `vxlan`: as `routes`, inside of an overlay of the kernel's own. On the way between machines only their own addresses are
 * seen, so it passes what drops others: access points, the routers between segments, the NAT of a guest on a laptop. All of it is permanent
 * and known from the ranges of pod addresses; nothing runs, nothing is asked by broadcast.
 */
export const vxlan: Addon = {
  id: 'vxlan',
  title: 'Lay an overlay between the pods',
  group: 'network',
  notWanted: ({ kubernetes: { network } }) =>
    network === 'vxlan' ? undefined : `the network is \`${network}\``,
  needs: [],
  proofs: [],
  settleMs: 0,
  ports: ['overlay'],
  onMachines: pluginNetwork({
    mtu: overlayMtu,
    ground: (own, c) => {
      const { device, vni, port } = VXLAN;
      const thing = vxlanDevice({ device, vni, port, ...overlayEnd(own.podCidr), mtu: overlayMtu(c) });
      return [{ resource: thing, again: thing.change(NO_DEVICE) }];
    },
    way: (destination, to) => {
      const { device } = VXLAN;
      const { address, mac } = overlayEnd(to.podCidr);
      const peer = vxlanPeer({ device, address, mac, machine: to.internalIp });
      const path = route({ destination, via: address, device, onlink: true });
      return [
        { resource: named(`tell the overlay where ${to.name} is`, peer), again: peer.change(NO_PEER) },
        { resource: named(`route to the pods of ${to.name}`, path), again: path.change(NO_ROUTE) },
      ];
    },
  }),
  explain: {
    en: 'Every machine has a range of pod addresses of its own. What goes to another machine is packed into UDP packets by the kernel (VXLAN), so that the network of the room sees the addresses of the machines alone; nothing has to be installed.',
    fr: "Chaque machine a sa propre plage d'adresses de pods. Ce qui part vers une autre est emballé par le noyau dans des paquets UDP (VXLAN) : le réseau de la salle ne voit que les adresses des machines, et il n'y a rien à installer.",
  },
};

/** What everything is made for where nobody has set another size; larger ones pass only where every switch agrees. */
const USUAL_MTU = 1500;

/**
 * What fits into a packet of the network cards of this machine and of the parent, with which every machine talks. The parent is in every
 * run, so that the size does not depend on who else is.
 */
function overlayMtu(c: NetworkContext): number {
  const uplinks = [c.config.room.parent.name, c.machine.name].flatMap((name) => {
    const device = deviceOf(c, name);
    const mtu = c.factsOf.get(name)?.links.find((l) => l.device === device)?.mtu ?? 0;
    return mtu > 0 ? [mtu] : [];
  });
  return Math.min(USUAL_MTU, ...uplinks) - VXLAN_BYTES;
}
