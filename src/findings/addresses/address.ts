import { addressRange, overlap, rangeOf } from '../../config/networks/subnet.js';
import type { Facts } from '../../facts/facts.js';
import { ownAddress, wayOut } from '../../facts/place.js';
import type { Machine } from '../../room/machine.js';
import { isVpn, roomDevice, roomNetwork } from '../sight/devices.js';
import type { Present } from '../sight/sight.js';
import { catalogue, subject } from '../subject.js';
import type { Group, VerdictOf } from '../subject.js';
import { someOf } from '../wording.js';

const { entries, finding } = catalogue({
  'K-ADDRESS': {
    title: 'The machine does not have the address of kmon.yaml',
    severities: ['stops'],
    cause: 'the address was reached through something else, or has moved',
    remedy: 'write the address that the machine has into kmon.yaml',
  },
  'K-ROUTE': {
    title: 'The machine reaches the parent from another address',
    severities: ['stops', 'hurts'],
    cause: 'the node would be known by an address that others may not reach',
    remedy:
      'unplug the other network or disconnect the VPN for the lesson, or write the other address into kmon.yaml',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;

/** What container engines and virtual machines make. */
const BRIDGE_NAME = /^(docker|br-|cni|flannel|kmon-vxlan|podman|virbr|lxc|veth|vnet)/;

const addressThere: Verdict = (one, group) => {
  const { machine, facts } = one;
  // Without one address nothing was seen (no `ip` there).
  if (facts.addresses.length === 0) return [];
  if (machine.guest === true) return guestAddress(one);
  if (roomDevice(one) !== undefined) return [];
  const real = facts.addresses.filter((a) => a.device !== 'lo' && !a.address.startsWith('127.'));
  // What others of the room are in is most likely what was meant.
  const networks = group.present.flatMap((p) => roomNetwork(p) ?? []);
  const cards = real.filter((a) => !isVpn(a.device, facts) && !BRIDGE_NAME.test(a.device));
  const likely = cards.find((a) => networks.some((n) => overlap(n, addressRange(a.address))));
  const meant = likely ?? (cards.length === 1 ? cards[0] : undefined);
  const has = real.map((a) => `${a.address} (${a.device})`);
  return [
    finding('K-ADDRESS', 'stops', machine, {
      evidence: `no interface has ${machine.address}; there is ${has.length === 0 ? 'none but the loopback' : someOf(has)}`,
      remedy:
        meant === undefined
          ? `write the address by which the room reaches it as the address of ${machine.name} in kmon.yaml`
          : `write \`address: ${meant.address}\` for ${machine.name} in kmon.yaml${isForwarded(one, group) ? ', or `node: guest` if it is a guest and the address is that of its laptop' : ''}`,
    }),
  ];
};

/** SSH came in by a port that is not the usual one: mostly a forward. */
function isForwarded({ machine }: Present, { sight }: Group): boolean {
  return (sight.config.logins[machine.name]?.port ?? 22) !== 22;
}

/**
 * A guest gets the laptop's address from kmon, on the loopback. On a network card it is its own, and it is none. Nor may a card be in the network
 * of that address: both would answer for it there.
 */
function guestAddress({ machine, facts }: Present): ReturnType<Verdict> {
  const cards = facts.addresses.filter((a) => a.device !== 'lo');
  const holder = cards.find((a) => a.address === machine.address);
  if (holder === undefined) return besideLaptop(machine, facts);
  return [
    finding('K-ADDRESS', 'stops', machine, {
      evidence: `kmon.yaml has it for a guest behind ${machine.address}, which is its own (${holder.device})`,
      cause: 'it is in the network of the room itself, and nothing is forwarded to it',
      remedy: `leave \`node: guest\` out for ${machine.name} in kmon.yaml`,
    }),
  ];
}

/** A second card that is bridged, or one network in front of the laptop and behind it. */
function besideLaptop(machine: Machine, facts: Facts): ReturnType<Verdict> {
  const beside = facts.addresses.find((a) => {
    const network = a.device === 'lo' ? undefined : rangeOf(`${a.address}/${a.prefix}`);
    return network !== undefined && overlap(network, addressRange(machine.address));
  });
  if (beside === undefined) return [];
  const { device, address: own, prefix } = beside;
  return [
    finding('K-ADDRESS', 'stops', machine, {
      evidence: `its network card ${device} (${own}/${prefix}) is in the network of ${machine.address}, the address of its laptop`,
      cause: "guest and laptop would both have the laptop's address there",
      remedy:
        device === wayOut(machine, facts)?.device
          ? `write \`address: ${own}\` without \`node: guest\` for ${machine.name} in kmon.yaml if others reach it there (a bridge); with NAT, give the virtual machine another network`
          : `take the adapter of ${device} away from the virtual machine (NAT alone is enough), or write \`address: ${own}\` without \`node: guest\` for ${machine.name} in kmon.yaml`,
    }),
  ];
}

/** The source address of the route to the parent is what the node is known by. */
const wayToParent: Verdict = (one, { sight }) => {
  const { machine, facts } = one;
  const { parent } = sight.config.room;
  if (machine.guest !== true && roomDevice(one) === undefined) return [];
  const way = wayOut(machine, facts);
  if (way === undefined) {
    return [
      finding('K-ROUTE', 'stops', machine, {
        evidence: `no route leads to the parent (${parent.address})`,
        cause: 'the machine is in no network that knows the way',
        remedy: 'connect it to the network of the parent',
      }),
    ];
  }
  if (way.source === ownAddress(machine, facts)) return [];
  const network = roomNetwork(one);
  const source = rangeOf(way.source);
  const near = network !== undefined && source !== undefined && overlap(network, source);
  return [
    finding('K-ROUTE', near ? 'hurts' : 'stops', machine, {
      evidence: `it reaches the parent from ${way.source} (${way.device}), not from ${machine.address}`,
      remedy: isVpn(way.device, facts)
        ? `disconnect the VPN ${way.device} for the lesson`
        : near
          ? `write \`address: ${way.source}\` for ${machine.name} in kmon.yaml, or remove the second address`
          : `unplug ${way.device} for the lesson, or on that machine: sudo ip route add ${parent.address}/32 dev ${roomDevice(one) ?? ''} src ${machine.address}`,
    }),
  ];
};

/** The address of kmon.yaml, and the way to the parent. */
export const address = subject({ entries, ofMachine: [addressThere, wayToParent] });
