import type { Config } from '../../config/config.js';
import type { Context, Stage } from '../../engine/stage.js';
import { here, onEveryone, onParent, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { file } from '../../resources/file.js';
import type { Resource } from '../../resources/resource.js';
import { route } from '../../resources/route.js';
import { cniConflist } from '../../tools/cni.js';
import { CONTAINERD } from '../../tools/containerd.js';
import { allMachines } from '../../room/room.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { nodesWithRanges } from './cluster.js';
import { initParent } from './init-parent.js';
import { joinChild } from './join-child.js';

type Nodes = readonly Pick<ClusterNode, 'name' | 'podCidr' | 'internalIp'>[];

/**
 * The pod network of one machine in the network `routes`: the reference plugins with the node's own range. What a child has no route for it
 * sends to the parent, which knows every node; so machines that joined earlier need not be touched by a latecomer. With `flannel` there is
 * nothing to do on the machine itself.
 */
export const podNetwork: Stage<Nodes> = {
  id: 'pod-network',
  title: 'Set up the pod network',
  after: [...here(initParent, joinChild), ...onParent(initParent)],
  on: 'all',
  settleMs: 0,
  look: nodesHere,
  foresee: nodesOnceJoined,
  judge: (_, c) => satisfied(usesRoutes(c.config) ? 'set up' : 'flannel sets it up'),
  resources: (nodes, c) => {
    if (!usesRoutes(c.config)) return [];
    return [
      conflist(nodes, c),
      ...(c.machine.role === 'child' ? [toAllPods(nodes, c)] : toEarlierNodes(nodes, c)),
    ];
  },
};

/** The parent's route to the pods of one child, as soon as it has joined: only with it do answers find back to the child's pods. */
export const nodeRoute: Stage<Nodes> = {
  id: 'node-route',
  title: "Route to the children's pods",
  after: here(joinChild),
  on: 'children',
  changes: 'parent',
  settleMs: 0,
  look: nodesHere,
  foresee: nodesOnceJoined,
  judge: () => satisfied('routed'),
  resources: (nodes, c) => {
    const own = nodes.find((n) => n.name === c.machine.name);
    return usesRoutes(c.config) ? routeTo(own, deviceOf(c, c.config.room.parent.name)) : [];
  },
};

/** The short way from child to child, past the parent; once everybody has joined, since it spares no one anything before. */
export const peerRoutes: Stage<Nodes> = {
  id: 'peer-routes',
  title: 'Route from child to child',
  after: onEveryone(joinChild),
  on: 'children',
  settleMs: 0,
  look: nodesHere,
  foresee: nodesOnceJoined,
  judge: () => satisfied('routed'),
  resources: (nodes, c) =>
    usesRoutes(c.config)
      ? nodes.filter((n) => n.name !== c.machine.name).flatMap((n) => routeTo(n, deviceOf(c, c.machine.name)))
      : [],
};

function usesRoutes(config: Config): boolean {
  return config.kubernetes.network === 'routes';
}

async function nodesHere(c: Context): Promise<Nodes> {
  if (!usesRoutes(c.config)) return [];
  const order = allMachines(c.config.room).map((m) => m.name);
  return (await nodesWithRanges(c)).toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** Which range is whose the cluster decides; a plan names the machine, and stands for it with the range of all. */
function nodesOnceJoined(c: Context): Nodes {
  // A parent whose init is yet to come is alone.
  const machines = c.machines().filter((m) => c.machine.role === 'child' || m === c.machine);
  return machines.map(({ name, address }) => ({
    name,
    podCidr: c.config.kubernetes.podSubnet,
    internalIp: address,
  }));
}

function conflist(nodes: Nodes, c: Context): Resource {
  const own = nodes.find((n) => n.name === c.machine.name);
  if (own?.podCidr === undefined) throw new KmonError('not-verified', 'the cluster does not know the node');
  const content = cniConflist({ podCidr: own.podCidr, podSubnet: c.config.kubernetes.podSubnet });
  return file({ path: `${CONTAINERD.cniConf}/10-kmon.conflist`, content });
}

function toAllPods(nodes: Nodes, c: Context): Resource {
  const { name, address } = c.config.room.parent;
  const via = nodes.find((n) => n.name === name)?.internalIp ?? address;
  const device = deviceOf(c, c.machine.name);
  return named(
    `route to all pods by ${name}`,
    route({ destination: c.config.kubernetes.podSubnet, via, ...(device === undefined ? {} : { device }) }),
  );
}

/** After a restart of the parent its routes are gone. Those of children that are in this run come with them. */
function toEarlierNodes(nodes: Nodes, c: Context): readonly Resource[] {
  const inThisRun = c.about.map((m) => m.name);
  return nodes
    .filter((n) => !inThisRun.includes(n.name) && n.name !== c.machine.name)
    .flatMap((n) => routeTo(n, deviceOf(c, c.machine.name)));
}

function routeTo(node: Nodes[number] | undefined, device: string | undefined): readonly Resource[] {
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
