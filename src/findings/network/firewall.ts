import { formatSubnet } from '../../config/networks/subnet.js';
import { neededPorts } from '../../room/ports.js';
import type { RoomPort } from '../../room/ports.js';
import { arrivalNetwork } from '../sight/devices.js';
import { catalogue, subject } from '../subject.js';
import type { FindingOf } from '../subject.js';
import { dropsInput } from './drops-input.js';
import { blame } from './blame.js';
import { portsIn, portText, portWays, samePort } from './port-ways.js';
import type { PortWay } from './port-ways.js';
import { isAlive, ofTried } from './tried.js';
import type { TriedNetwork, TriedWay } from './tried.js';

export const { entries, finding } = catalogue({
  'K-NET-BLOCKED': {
    title: 'One machine does not reach another',
    severities: ['stops', 'hurts'],
    cause: 'something between the two drops what is sent',
    remedy: 'see what is between the two: another network, a firewall, a managed switch',
  },
  'K-FIREWALL': {
    title: 'A firewall drops what the workshop needs',
    severities: ['stops', 'hurts'],
    cause: 'the port answers on the machine itself, but not from the room',
    remedy: 'open the port that is named for the network of the room',
    fix: "opens the port for the room's network only",
  },
  'K-GUEST-PORT': {
    title: 'A laptop does not forward a port to its guest',
    severities: ['stops', 'hurts'],
    cause: 'others reach a guest by its laptop alone, which has to be told of each port',
    remedy:
      'forward the port that is named to the same port of the guest, and let it through the firewall of the laptop',
  },
});

type Finding = FindingOf<keyof typeof entries>;

/** Of one machine and one direction: the ports that are dropped, and what was seen of it. */
interface Drop {
  readonly machine: string;
  readonly direction: 'in' | 'out';
  readonly ways: readonly PortWay[];
}

/**
 * Ports that do not get through although something else does: a firewall. Into a machine from everybody, or out of it to everybody, it is
 * that machine's; between two only, nobody knows whose.
 */
function firewallVerdicts(tried: TriedNetwork): readonly Finding[] {
  // A connection needs the way back: where that is dead, one cause is enough.
  const dead = tried.ways.filter((way) => !isAlive(way));
  const ways = tried.ways
    .filter((way) => isAlive(way) && !dead.some((d) => d.from === way.to && d.to === way.from))
    .flatMap((way) => portWays(tried, way));
  const drops: Drop[] = [];
  const rest: PortWay[] = [];
  for (const port of portsIn(ways)) {
    const found = blame(
      ways.filter((w) => samePort(w.port, port)),
      { rank: (name, direction) => (direction === 'in' ? 0 : 2) + (tried.isParent(name) ? 1 : 0) },
    );
    drops.push(...found.blamed);
    rest.push(...found.rest);
  }
  return [...together(drops).map((drop) => dropFinding(tried, drop)), ...pairFindings(tried, rest)];
}

/** Nothing of the room gets into a machine, while what it sends gets out. */
export function dropsInto(tried: TriedNetwork, machine: string, ways: readonly TriedWay[]): Finding {
  return dropFinding(tried, { machine, direction: 'in', ways: ways.flatMap((w) => portWays(tried, w)) });
}

/** Nothing that a machine sends gets to the others, while they get in. */
export function dropsOutOf(tried: TriedNetwork, machine: string, ways: readonly TriedWay[]): Finding {
  return dropFinding(tried, { machine, direction: 'out', ways: ways.flatMap((w) => portWays(tried, w)) });
}

/** All ports of one machine and direction are one cause. */
function together(drops: readonly Drop[]): readonly Drop[] {
  const keys = [...new Set(drops.map((d) => `${d.direction} ${d.machine}`))];
  return keys.flatMap((key) => {
    const own = drops.filter((d) => `${d.direction} ${d.machine}` === key);
    const [first] = own;
    return first === undefined ? [] : [{ ...first, ways: own.flatMap((d) => d.ways) }];
  });
}

function dropFinding(tried: TriedNetwork, { machine, direction, ways }: Drop): Finding {
  const ports = portsIn(ways);
  const others = new Set(ways.map((w) => (direction === 'in' ? w.from : w.to))).size;
  const verb = ways.every((w) => w.refused) ? 'rejects' : 'drops';
  const firewalls = tried.sight.factsOf.get(machine)?.firewalls ?? [];
  const on = firewalls.length === 0 ? '' : `; ${firewalls.join(' and ')} is on there`;
  const whom = `${others} ${others === 1 ? 'machine' : 'machines'}`;
  const way = direction === 'in' ? `coming in, from ${whom}` : `going out, to ${whom}`;
  const severity = ways.some(({ to, port }) => stops(tried, to, port)) ? 'stops' : 'hurts';
  if (direction === 'in' && isForwardedTo(tried, machine)) {
    const { address } = tried.machine(machine);
    return finding('K-GUEST-PORT', severity, tried.machine(machine), {
      evidence: `what is sent to ${portText(ports)} of ${address} does not get to the guest ${machine} (from ${whom})`,
      remedy: `forward ${portText(ports)} of the laptop to the guest, and let ${ports.length === 1 ? 'it' : 'them'} through the firewall of the laptop`,
    });
  }
  return finding('K-FIREWALL', severity, tried.machine(machine), {
    evidence: `the firewall of ${machine} ${verb} ${portText(ports)} (${way}${on})`,
    cause:
      direction === 'in'
        ? 'it listens there, and others do not get through, while other things get through'
        : 'others get through to the same ports, this machine does not',
    remedy:
      direction === 'in'
        ? allow(tried, machine, ports)
        : `remove the rule on ${machine} that keeps it from sending to ${portText(ports)}`,
    // What goes out is nobody's default: who set that rule has a reason.
    fixable: direction === 'in',
  });
}

/** Of a guest without a firewall of its own it is the laptop that lets nothing through. */
function isForwardedTo(tried: TriedNetwork, name: string): boolean {
  const facts = tried.sight.factsOf.get(name);
  const guarded = (facts?.firewalls ?? []).length > 0 || dropsInput(facts?.packetRules ?? {});
  return tried.machine(name).guest === true && !guarded;
}

/** Between two machines only: told once for each pair. */
function pairFindings(tried: TriedNetwork, rest: readonly PortWay[]): readonly Finding[] {
  const keys = [...new Set(rest.map(pairKey))];
  return keys.flatMap((key) => {
    const own = rest.filter((w) => pairKey(w) === key);
    const [first] = own;
    if (first === undefined) return [];
    const ways = [...new Set(own.map((w) => `${w.from} ${w.to}`))].map((way) => {
      const [from = '', to = ''] = way.split(' ');
      return `${from} does not reach ${to} on ${portText(portsIn(own.filter((w) => w.from === from && w.to === to)))}`;
    });
    const child = tried.isParent(first.from) ? first.to : first.from;
    return [
      finding(
        'K-NET-BLOCKED',
        own.some((w) => stops(tried, w.to, w.port)) ? 'stops' : 'hurts',
        tried.machine(child),
        {
          evidence: `${ways.join('; ')}, though other machines do`,
          remedy: `look for a rule about the other one in the firewalls of ${first.from} and ${first.to}`,
        },
      ),
    ];
  });
}

/** Without it a child does not join or is not measured. What this room's pod network does not use only hurts. */
function stops(tried: TriedNetwork, at: string, port: RoomPort): boolean {
  const needed = neededPorts(tried.machine(at), tried.sight.config);
  return needed.some((p) => samePort(p, port) && p.severity === 'stops');
}

function allow(tried: TriedNetwork, name: string, ports: readonly RoomPort[]): string {
  const facts = tried.sight.factsOf.get(name);
  const network = facts === undefined ? undefined : arrivalNetwork({ machine: tried.machine(name), facts });
  const from = network === undefined ? 'the network of the room' : formatSubnet(network);
  const commands = ports.map(({ protocol, port }) => {
    if (facts?.firewalls.includes('ufw') === true)
      return `sudo ufw allow from ${from} to any port ${port} proto ${protocol}`;
    return `sudo iptables -I INPUT -s ${from} -p ${protocol} --dport ${port} -j ACCEPT`;
  });
  return facts?.firewalls.includes('firewalld') === true || network === undefined
    ? `allow ${portText(ports)} from ${from} in the firewall of ${name}`
    : `on that machine: ${commands.join('; ')}`;
}

function pairKey({ from, to }: PortWay): string {
  return [from, to].sort().join(' ');
}

/** Single ports that are dropped. */
export const firewall = subject({ entries, ofRoom: [ofTried(firewallVerdicts)] });
