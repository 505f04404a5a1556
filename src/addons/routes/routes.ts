import { route } from '../../resources/route.js';
import type { RouteState } from '../../resources/route.js';
import type { Addon } from '../addon.js';
import { deviceOf, named, pluginNetwork } from '../plugin-network.js';

/** Nothing is routed there yet. */
const NONE: RouteState = { routes: [] };

/** The pod network `routes`: the reference plugins with the node's own range, and a route a peer, past which every packet goes as it is. */
export const routes: Addon = {
  id: 'routes',
  title: 'Route between the pods',
  group: 'network',
  notWanted: ({ kubernetes: { network } }) =>
    network === 'routes' ? undefined : `the network is \`${network}\``,
  needs: [],
  proofs: [],
  settleMs: 0,
  onMachines: pluginNetwork({
    way: (destination, to, from, c) => {
      const device = deviceOf(c, from);
      const thing = route({
        destination,
        via: to.internalIp,
        ...(device === undefined ? {} : { device }),
      });
      return [{ resource: named(`route to the pods of ${to.name}`, thing), again: thing.change(NONE) }];
    },
  }),
  explain: {
    en: 'Every machine has a range of pod addresses of its own, and every other machine has a route to it: the kernel sends packets between pods like all others, and nothing has to be installed. All machines must be on one network.',
    fr: "Chaque machine a sa propre plage d'adresses de pods, et toutes les autres ont une route vers elle : le noyau achemine les paquets entre pods comme les autres, sans rien installer. Les machines doivent être sur un même réseau.",
  },
};
