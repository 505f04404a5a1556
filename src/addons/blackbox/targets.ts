import { clusterNodes } from '../../cluster/nodes.js';
import type { Context } from '../../engine/context.js';
import { addressOfNode } from '../../facts/place.js';
import { allMachines } from '../../room/room.js';
import { GUEST_LABEL, REACHABLE_ADDRESS } from '../../config/names.js';

/** Who is asked, by an address of the room. */
export interface Asked {
  readonly name: string;
  readonly address: string;
  readonly role: 'parent' | 'child' | 'observed';
  readonly team?: string;
  /** It has a kubelet. */
  readonly isNode: boolean;
  /** It is behind its address: what answers a ping there is the laptop. */
  readonly guest?: true;
}

/**
 * Every machine of the room, whether it has joined or not, and the computers that are only observed; of a cluster that is no room of kmon's every
 * node. A computer that is known by a name alone is left out: nobody says that the name is one of the room.
 */
export async function askedOf(c: Context): Promise<readonly Asked[]> {
  const nodes = (await clusterNodes(c)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const all = c.cluster.context === undefined ? machinesOf(c, nodes) : nodesOf(nodes);
  return all.filter(({ address }) => REACHABLE_ADDRESS.test(address));
}

type Nodes = Awaited<ReturnType<typeof clusterNodes>>;

function machinesOf({ config: { room }, factsOf }: Context, nodes: Nodes): readonly Asked[] {
  const machines = allMachines(room).map((machine): Asked => {
    const node = nodes.find(({ name }) => name === machine.name);
    return {
      name: machine.name,
      address: addressOfNode(machine, factsOf.get(machine.name), node?.internalIp),
      role: machine.role,
      ...(machine.team === undefined ? {} : { team: machine.team }),
      isNode: node !== undefined,
      ...(machine.guest === true ? { guest: true } : {}),
    };
  });
  const observed = room.observed.map(({ name, address, team }): Asked => ({
    name,
    address,
    role: 'observed',
    ...(team === undefined ? {} : { team }),
    isNode: false,
  }));
  return [...machines, ...observed];
}

function nodesOf(nodes: Nodes): readonly Asked[] {
  return nodes.flatMap(({ name, internalIp, roles, labels }): readonly Asked[] => {
    const team = labels['kmon/team'];
    return internalIp === undefined
      ? []
      : [
          {
            name,
            address: internalIp,
            role: roles.includes('control-plane') ? 'parent' : 'child',
            ...(team === undefined ? {} : { team }),
            isNode: true,
            ...(labels[GUEST_LABEL] === undefined ? {} : { guest: true }),
          },
        ];
  });
}
