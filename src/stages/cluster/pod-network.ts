import type { Addon, MachineNetwork, NetworkNodes } from '../../addons/addon.js';
import { ADDONS } from '../../addons/index.js';
import { keptAtBoot } from '../../addons/at-boot.js';
import { clusterNodes } from '../../cluster/nodes.js';
import type { Config } from '../../config/config.js';
import type { Context, Stage } from '../../engine/stage.js';
import { here, onEveryone, onParent, satisfied } from '../../engine/stage.js';
import { until } from '../../engine/until.js';
import { KmonError } from '../../errors/kmon-error.js';
import { wayOut } from '../../facts/place.js';
import { guestDoor } from '../../resources/guest-door.js';
import type { Resource } from '../../resources/resource.js';
import { PORTS } from '../../room/ports.js';
import { allMachines } from '../../room/room.js';
import { initParent } from './init-parent.js';
import { joinChild } from './join-child.js';

/** What the pod network that kmon.yaml wants needs on one machine. Of some there is nothing to do there: their pods do it. */
export const podNetwork: Stage<NetworkNodes> = {
  id: 'pod-network',
  title: 'Set up the pod network',
  after: [...here(initParent, joinChild), ...onParent(initParent)],
  on: 'all',
  settleMs: 0,
  look: nodesHere,
  foresee: nodesOnceJoined,
  judge: (_, { config }) =>
    satisfied(onMachines(config) === undefined ? `${wanted(config)?.id ?? ''} sets it up` : 'set up'),
  resources: (nodes, c) => [...doorsOf(c), ...(onMachines(c.config)?.here(nodes, c) ?? [])],
};

/**
 * The exporter of a guest listens on the address by which the guest is known, and what its laptop forwards comes to the inner one. Packages that
 * this takes are there by now.
 */
function doorsOf({ machine, facts }: Context): readonly Resource[] {
  const device = machine.guest === true ? wayOut(machine, facts)?.device : undefined;
  if (device === undefined) return [];
  const door = guestDoor({ device, node: machine.address, port: PORTS.exporter.port });
  const lost = { resource: door, again: door.change({ rules: [] }) };
  // What runs the file at the start of the machine came with the address.
  return keptAtBoot('06-guest-door', 'the door to the exporter', [lost]);
}

/** The parent's way to the pods of one child, as soon as it has joined. */
export const nodeRoute: Stage<NetworkNodes> = {
  id: 'node-route',
  title: "Route to the children's pods",
  after: here(joinChild),
  on: 'children',
  apart: true,
  changes: 'parent',
  settleMs: 0,
  look: nodesHere,
  foresee: nodesOnceJoined,
  judge: () => satisfied('routed'),
  resources: (nodes, c) => onMachines(c.config)?.onParent(nodes, c) ?? [],
};

/** The short way from child to child; once everybody has joined, since it spares no one anything before. */
export const peerRoutes: Stage<NetworkNodes> = {
  id: 'peer-routes',
  title: 'Route from child to child',
  after: onEveryone(joinChild),
  on: 'children',
  settleMs: 0,
  look: nodesHere,
  foresee: nodesOnceJoined,
  judge: () => satisfied('routed'),
  resources: (nodes, c) => onMachines(c.config)?.toPeers(nodes, c) ?? [],
};

function wanted(config: Config): Addon | undefined {
  return ADDONS.find((addon) => addon.group === 'network' && addon.notWanted(config) === undefined);
}

function onMachines(config: Config): MachineNetwork | undefined {
  return wanted(config)?.onMachines;
}

async function nodesHere(c: Context): Promise<NetworkNodes> {
  if (onMachines(c.config) === undefined) return [];
  const order = allMachines(c.config.room).map((m) => m.name);
  return (await nodesWithRanges(c)).toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** Which range is whose the cluster decides; a plan names the machine, and stands for it with the range of all. */
function nodesOnceJoined(c: Context): NetworkNodes {
  // A parent whose init is yet to come is alone.
  const machines = c.machines().filter((m) => c.machine.role === 'child' || m === c.machine);
  return machines.map(({ name, address }) => ({
    name,
    podCidr: c.config.kubernetes.podSubnet,
    internalIp: address,
  }));
}

/** The nodes, once each has its range of pod addresses, which the controller manager gives within seconds of the registration. */
async function nodesWithRanges(c: Context): Promise<NetworkNodes> {
  const nodes = await until(
    async () => {
      const now = await clusterNodes(c);
      return now.some((n) => n.podCidr === undefined) ? undefined : now;
    },
    { withinMs: 30_000, everyMs: 1000, clock: c.clock, signal: c.signal },
  );
  if (nodes === undefined) {
    throw new KmonError('timeout', 'the cluster gave no pod address range to a node in 30 s', {
      hint: 'see what the controller manager said last (sudo sh -c "tail -n 20 /var/log/pods/kube-system_kube-controller*/*/*.log" on the parent), then run kmon again',
    });
  }
  return nodes;
}
