import type { Context } from '../../engine/context.js';
import { KmonError } from '../../errors/kmon-error.js';
import { file } from '../../resources/file.js';
import type { Resource } from '../../resources/resource.js';
import { route } from '../../resources/route.js';
import { cniConflist } from '../../tools/cni.js';
import { CONTAINERD } from '../../tools/containerd.js';
import type { Addon, NetworkNodes } from '../addon.js';

/**
 * The pod network `routes`: the reference plugins with the node's own range. What a child has no route for it sends to the parent, which
 * knows every node; so machines that joined earlier need not be touched by a latecomer. Nothing of it is on the cluster.
 */
export const routes: Addon = {
  id: 'routes',
  title: 'Route between the pods',
  group: 'network',
  notWanted: ({ kubernetes: { network } }) =>
    network === 'routes' ? undefined : `the network is \`${network}\``,
  needs: [],
  proofs: [],
  settleMs: 0,
  onMachines: {
    here: (nodes, c) => [
      conflist(nodes, c),
      ...(c.machine.role === 'child' ? [toAllPods(nodes, c)] : toEarlierNodes(nodes, c)),
    ],
    // Only with it do answers find back to the child's pods.
    onParent: (nodes, c) =>
      routeTo(
        nodes.find((n) => n.name === c.machine.name),
        deviceOf(c, c.config.room.parent.name),
      ),
    // The short way, past the parent.
    toPeers: (nodes, c) =>
      nodes.filter((n) => n.name !== c.machine.name).flatMap((n) => routeTo(n, deviceOf(c, c.machine.name))),
  },
  explain: {
    en: 'Every machine has a range of pod addresses of its own, and every other machine has a route to it: the kernel sends packets between pods like all others, and nothing has to be installed. All machines must be on one network.',
    fr: "Chaque machine a sa propre plage d'adresses de pods, et toutes les autres ont une route vers elle : le noyau achemine les paquets entre pods comme les autres, sans rien installer. Les machines doivent être sur un même réseau.",
  },
};

function conflist(nodes: NetworkNodes, c: Context): Resource {
  const own = nodes.find((n) => n.name === c.machine.name);
  if (own?.podCidr === undefined) throw new KmonError('not-verified', 'the cluster does not know the node');
  const content = cniConflist({ podCidr: own.podCidr, podSubnet: c.config.kubernetes.podSubnet });
  return file({ path: `${CONTAINERD.cniConf}/10-kmon.conflist`, content });
}

function toAllPods(nodes: NetworkNodes, c: Context): Resource {
  const { name, address } = c.config.room.parent;
  const via = nodes.find((n) => n.name === name)?.internalIp ?? address;
  const device = deviceOf(c, c.machine.name);
  return named(
    `route to all pods by ${name}`,
    route({ destination: c.config.kubernetes.podSubnet, via, ...(device === undefined ? {} : { device }) }),
  );
}

/** After a restart of the parent its routes are gone. Those of children that are in this run come with them. */
function toEarlierNodes(nodes: NetworkNodes, c: Context): readonly Resource[] {
  const inThisRun = c.about.map((m) => m.name);
  return nodes
    .filter((n) => !inThisRun.includes(n.name) && n.name !== c.machine.name)
    .flatMap((n) => routeTo(n, deviceOf(c, c.machine.name)));
}

function routeTo(node: NetworkNodes[number] | undefined, device: string | undefined): readonly Resource[] {
  if (node?.podCidr === undefined || node.internalIp === undefined) return [];
  const to = { destination: node.podCidr, via: node.internalIp };
  return [
    named(`route to the pods of ${node.name}`, route({ ...to, ...(device === undefined ? {} : { device }) })),
  ];
}

function deviceOf(c: Context, machine: string): string | undefined {
  return c.factsOf.get(machine)?.routeToParent?.device;
}

/** Ranges are known late; what they are for is known before. */
function named(text: string, resource: Resource): Resource {
  return { ...resource, describe: () => text };
}
