import { KmonError } from '../errors/kmon-error.js';
import { wayOut } from '../facts/place.js';
import { file } from '../resources/file.js';
import type { Resource } from '../resources/resource.js';
import { route } from '../resources/route.js';
import { allMachines } from '../room/room.js';
import { cniConflist } from '../tools/cni.js';
import { CONTAINERD } from '../tools/containerd.js';
import type { MachineNetwork, NetworkContext, NetworkNodes } from './addon.js';
import { atBoot, keptAtBoot } from './at-boot.js';
import type { Lost } from './at-boot.js';

/** A node of which the cluster has said which pods are on it, and where it is. */
export interface PlacedNode {
  readonly name: string;
  readonly podCidr: string;
  readonly internalIp: string;
}

/** What pod networks of the reference plugins differ in: how packets for the pods of one machine come to it from another. */
export interface Ways {
  /** Bytes of the largest packet of a pod; absent: what the plugin takes from the machine. */
  mtu?(c: NetworkContext): number;
  /** What a machine has to have before there is a way to any other. */
  ground?(own: PlacedNode, c: NetworkContext): readonly Lost[];
  /** From the machine `from`, by way of the machine `to`. */
  way(destination: string, to: PlacedNode, from: string, c: NetworkContext): readonly Lost[];
}

/**
 * A pod network of the reference plugins, each machine with its own range: no image, no program of its own. What a child has no way for it
 * sends to the parent, which knows every node; so machines that joined earlier need not be touched by a latecomer. Nothing of it is on the
 * cluster. After a restart of a machine it is there again by itself (`AT_BOOT`).
 */
export function pluginNetwork(ways: Ways): MachineNetwork {
  /** On the parent: the way to one node, in a file of its own, since several children may come at once. */
  const toNode = (to: PlacedNode, c: NetworkContext): readonly Resource[] => {
    const { name: from } = c.config.room.parent;
    return keptAtBoot(`20-${to.name}`, `the way to ${to.name}`, ways.way(to.podCidr, to, from, c));
  };
  return {
    here: (nodes, c) => {
      const own = ownNode(nodes, c);
      const ground = [...(ways.ground?.(own, c) ?? []), toNobody(own)];
      const toAll = c.machine.role === 'child' ? toAllPods(ways, nodes, c) : [];
      return [
        conflist(own, ways, c),
        ...keptAtBoot('10-here', 'the pod network', [...ground, ...toAll]),
        ...(c.machine.role === 'child' ? [] : toEarlierNodes(nodes, c).flatMap((n) => toNode(n, c))),
        ...atBoot(),
      ];
    },
    // Only with it do answers find back to the child's pods.
    onParent: (nodes, c) =>
      placed(nodes)
        .filter((n) => n.name === c.machine.name)
        .flatMap((n) => toNode(n, c)),
    // The short way, past the parent. To its own pods leads the way to all: one more would lead to where it was, once it has another address.
    toPeers: (nodes, c) => {
      const { parent } = c.config.room;
      const peers = placed(nodes).filter((n) => n.name !== c.machine.name && n.name !== parent.name);
      return keptAtBoot(
        '30-peers',
        'the ways to the others',
        peers.flatMap((n) => ways.way(n.podCidr, n, c.machine.name, c)),
      );
    },
  };
}

/** The network card by which a machine reaches the room, where it is known. */
export function deviceOf(c: NetworkContext, machine: string): string | undefined {
  const known = allMachines(c.config.room).find((m) => m.name === machine);
  return known === undefined ? undefined : wayOut(known, c.factsOf.get(machine))?.device;
}

function ownNode(nodes: NetworkNodes, c: NetworkContext): PlacedNode {
  const own = placed(nodes).find((n) => n.name === c.machine.name);
  if (own === undefined) throw new KmonError('not-verified', 'the cluster does not know the node');
  return own;
}

function placed(nodes: NetworkNodes): readonly PlacedNode[] {
  return nodes.flatMap(({ name, podCidr, internalIp }) =>
    podCidr === undefined || internalIp === undefined ? [] : [{ name, podCidr, internalIp }],
  );
}

function conflist({ podCidr }: PlacedNode, ways: Ways, c: NetworkContext): Resource {
  const mtu = ways.mtu?.(c);
  const { podSubnet } = c.config.kubernetes;
  const content = cniConflist({ podCidr, podSubnet, ...(mtu === undefined ? {} : { mtu }) });
  return file({ path: `${CONTAINERD.cniConf}/10-kmon.conflist`, content });
}

function toAllPods(ways: Ways, nodes: NetworkNodes, c: NetworkContext): readonly Lost[] {
  const { parent } = c.config.room;
  const to = placed(nodes).find((n) => n.name === parent.name);
  if (to === undefined) throw new KmonError('not-verified', 'the cluster does not know the parent');
  return ways
    .way(c.config.kubernetes.podSubnet, to, c.machine.name, c)
    .map((lost) =>
      lost.resource.kind === 'route'
        ? { ...lost, resource: named(`route to all pods by ${parent.name}`, lost.resource) }
        : lost,
    );
}

/**
 * Pods of this machine have routes of their own. For one that is gone the way to all pods would be taken, to the parent, which sends it back: the
 * packet goes round until it is too old, and who waits for it is told nothing.
 */
function toNobody({ podCidr }: PlacedNode): Lost {
  const nobody = route({ destination: podCidr });
  return {
    resource: named('refuse packets for pods that are gone', nobody),
    again: nobody.change({ routes: [] }),
  };
}

/** After a restart of the parent its ways may be gone. Those of children that are in this run come with them. */
function toEarlierNodes(nodes: NetworkNodes, c: NetworkContext): readonly PlacedNode[] {
  const inThisRun = c.about.map((m) => m.name);
  return placed(nodes).filter((n) => !inThisRun.includes(n.name) && n.name !== c.machine.name);
}

/** Ranges are known late; what they are for is known before. */
export function named(text: string, resource: Resource): Resource {
  return { ...resource, describe: () => text };
}
