import { overlap, rangeOf } from '../../config/networks/subnet.js';
import { isDefault, isVpn, roomDevice, roomNetwork } from '../sight/devices.js';
import type { Present } from '../sight/sight.js';
import { catalogue, subject } from '../subject.js';
import type { FindingOf, Group, VerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
  'K-DEFAULT-ROUTE': {
    title: 'The default route leaves by another network',
    severities: ['note'],
    cause: 'programs that choose an address by the default route choose the wrong one',
    remedy: 'nothing for kmon; if something else goes the wrong way, unplug the other network for the lesson',
  },
  'K-VPN': {
    title: 'A VPN is up',
    severities: ['hurts', 'note'],
    cause: 'it may take traffic of the room with it',
    remedy: 'disconnect it for the lesson',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;
type Finding = FindingOf<keyof typeof entries>;

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

/** Networks beside that of the room, and VPNs. */
export const otherNetworks = subject({ entries, ofMachine: [defaultRoute, vpn] });
