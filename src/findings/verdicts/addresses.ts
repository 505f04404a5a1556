import { addressRange, formatSubnet, overlap } from '../../config/subnet.js';
import type { Addressing } from '../../facts/facts.js';
import type { Finding } from '../finding.js';
import { isDefault, isVpn, roomDevice, roomNetwork } from './devices.js';
import { durationText } from './duration.js';
import { rangeOf } from './subnets.js';
import { finding, someOf } from './verdict.js';
import type { Group, Present, Verdict } from './verdict.js';

/** How the machine is addressed: the address of kmon.yaml, the way to the parent, the lease, other networks and VPNs. */
export const addressesVerdict: Verdict = (one, group) => {
  // Without one address nothing was seen (no `ip` there).
  if (one.facts.addresses.length === 0) return [];
  return [
    ...ownAddress(one, group),
    ...wayToParent(one, group),
    ...segment(one, group),
    ...lease(one, group),
    ...defaultRoute(one, group),
    ...vpn(one, group),
  ];
};

/** What container engines and virtual machines make. */
const BRIDGE_NAME = /^(docker|br-|cni|flannel|podman|virbr|lxc|veth|vnet)/;

const ownAddress: Verdict = (one, group) => {
  const { machine, facts } = one;
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
          : `write \`address: ${meant.address}\` for ${machine.name} in kmon.yaml`,
    }),
  ];
};

/** The source address of the route to the parent is what the node is known by. */
const wayToParent: Verdict = (one, { sight }) => {
  const { machine, facts } = one;
  const { parent } = sight.config.room;
  if (roomDevice(one) === undefined) return [];
  const way = facts.routeToParent;
  if (way === undefined) {
    return [
      finding('K-ROUTE', 'stops', machine, {
        evidence: `no route leads to the parent (${parent.address})`,
        cause: 'the machine is in no network that knows the way',
        remedy: 'connect it to the network of the parent',
      }),
    ];
  }
  if (way.source === machine.address) return [];
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

const segment: Verdict = (one, { sight, present }) => {
  const parent = present.find((p) => p.machine.role === 'parent');
  if (parent === undefined || one.machine.role === 'parent') return [];
  const here = roomNetwork(one);
  const there = roomNetwork(parent);
  if (here === undefined || there === undefined) return [];
  // Each must be in what the other takes for its network: a /32 is in every network and has nobody in its own.
  const near =
    overlap(here, addressRange(parent.machine.address)) && overlap(there, addressRange(one.machine.address));
  if (near) return [];
  const routes = sight.config.kubernetes.network === 'routes';
  return [
    finding('K-SEGMENT', routes ? 'stops' : 'hurts', one.machine, {
      evidence: `it is in ${formatSubnet(here)}, the parent in ${formatSubnet(there)}`,
      ...(routes
        ? {}
        : { cause: 'what lies between the networks may be slow, or drop the overlay of the pods' }),
      remedy: `connect it to the switch or Wi-Fi of the parent${routes ? ', or write `network: flannel` under `kubernetes` in kmon.yaml' : ''}`,
    }),
  ];
};

/** A lesson with what comes before and after it. */
const LESSON_SECONDS = 3 * 3600;

/** The managers that kmon can tell to keep an address. */
const FIXABLE: readonly Addressing['manager'][] = ['NetworkManager', 'netplan', 'systemd-networkd'];

const lease: Verdict = (one) => {
  const { machine, facts } = one;
  const device = roomDevice(one);
  const how = facts.addressing.find(
    (a) => a.device === device && (a.address ?? machine.address) === machine.address,
  );
  if (how?.leased !== true) return [];
  const { leaseSeconds: left, manager } = how;
  const by = manager === 'other' ? '' : ` (${manager})`;
  const until = left === undefined ? '' : ` for ${durationText(left)} more`;
  const mac = facts.links.find((l) => l.device === device)?.mac ?? '';
  const reserve = `reserve ${machine.address}${mac === '' ? '' : ` for ${mac}`} in the router`;
  const fixable = FIXABLE.includes(manager);
  return [
    finding('K-LEASE', left !== undefined && left <= LESSON_SECONDS ? 'hurts' : 'note', machine, {
      evidence: `${machine.address} on ${how.device} is leased by DHCP${until}${by}`,
      remedy: reserve,
      fixable,
    }),
  ];
};

/** Harmless to kmon, which names its addresses itself; but whoever looks for "the" address of the machine finds another one. */
const defaultRoute: Verdict = (one) => {
  const { machine, facts } = one;
  const device = roomDevice(one);
  // The kernel's list has the preferred one first.
  const first = facts.routes.find((r) => r.destination === 'default' && !isVpn(r.device, facts));
  if (device === undefined || first === undefined || first.device === device) return [];
  const via = first.via === undefined ? '' : ` (to ${first.via})`;
  return [
    finding('K-DEFAULT-ROUTE', 'note', machine, {
      evidence: `the default route leaves by ${first.device}${via}, ${machine.address} is on ${device}`,
      remedy: `go on, kmon uses ${device}; if something else goes the wrong way, unplug ${first.device} for the lesson`,
    }),
  ];
};

const vpn: Verdict = (one, { present }) => {
  const { machine, facts } = one;
  const named = new Set(facts.addresses.map((a) => a.device));
  return [...named]
    .filter((device) => isVpn(device, facts))
    .map((device): Finding => {
      const takes = takenBy(device, one, present);
      return finding('K-VPN', takes === undefined ? 'note' : 'hurts', machine, {
        evidence: takes === undefined ? `${device} is up` : `${device} takes ${takes}`,
        remedy: `disconnect it for the lesson: ${disconnect(device)}`,
      });
    });
};

/** What of the room's traffic, or of all of it, a device carries by its routes. */
function takenBy(device: string, { facts }: Present, present: Group['present']): string | undefined {
  const own = facts.routes.filter((r) => r.device === device);
  if (own.some((r) => isDefault(r.destination))) return 'the default route';
  const networks = present.flatMap((p) => roomNetwork(p) ?? []);
  const meets = own.find((r) => {
    const range = rangeOf(r.destination);
    return range !== undefined && networks.some((n) => overlap(n, range));
  });
  return meets === undefined
    ? undefined
    : `the route ${meets.destination}, which holds addresses of the room`;
}

function disconnect(device: string): string {
  if (device.startsWith('tailscale')) return 'sudo tailscale down';
  if (device.startsWith('zt')) return 'sudo systemctl stop zerotier-one';
  if (device.startsWith('wg')) return `sudo wg-quick down ${device} (or in the settings of the network)`;
  return `in its own program, or: sudo ip link set dev ${device} down`;
}
