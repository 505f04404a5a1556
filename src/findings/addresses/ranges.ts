import { freeRange } from '../../config/networks/free-range.js';
import { countOf, overlap, parseSubnet, rangeOf, within } from '../../config/networks/subnet.js';
import type { Subnet } from '../../config/networks/subnet.js';
import { madeNode } from '../../facts/ledger.js';
import { allMachines } from '../../room/room.js';
import { isDefault, isVpn } from '../sight/devices.js';
import { presentIn } from '../sight/sight.js';
import type { Present, Sight } from '../sight/sight.js';
import { catalogue, subject } from '../subject.js';
import type { FindingOf } from '../subject.js';

const { entries, finding } = catalogue({
  'K-RANGE': {
    title: 'A range of the cluster is in use in the network',
    severities: ['stops'],
    cause: 'the machine could not reach one of the two',
    remedy: 'write the range that is proposed into kmon.yaml; it is free on all machines',
  },
});

/** A range of the cluster, and the longest prefix that is still room enough for it. */
interface ClusterRange {
  readonly what: 'pod range' | 'service range';
  readonly key: 'podSubnet' | 'serviceSubnet';
  readonly text: string;
  readonly subnet: Subnet;
  readonly longest: number;
}

/** Something that uses addresses on a machine, other than kmon. */
interface Use {
  readonly range: Subnet;
  readonly device: string;
  /** "the route 10.0.0.0/8 (tun0)" */
  readonly text: string;
}

/**
 * The pod and the service range against every route and address of every machine. The range that is proposed is free on all of them, so
 * one change of kmon.yaml is enough.
 */
function clashes(sight: Sight): readonly FindingOf<keyof typeof entries>[] {
  const present = presentIn(sight);
  const ranges = rangesOf(sight);
  const usesOf = new Map(present.map((p) => [p.machine.name, foreignUses(p, ranges)]));
  const proposed = proposals(sight, ranges, [...usesOf.values()].flat());
  return ranges.flatMap(({ what, key, text, subnet }) =>
    present.flatMap(({ machine, facts }) => {
      const clash = (usesOf.get(machine.name) ?? []).find((u) => overlap(u.range, subnet));
      if (clash === undefined) return [];
      const free = proposed.get(key);
      const change =
        free === undefined
          ? `no private range is free on all machines: disconnect ${clash.device} on this one`
          : `write \`${key}: ${free}\` under \`kubernetes\` in kmon.yaml`;
      const vpn =
        free !== undefined && isVpn(clash.device, facts) ? `, or disconnect the VPN ${clash.device}` : '';
      return [
        finding('K-RANGE', 'stops', machine, {
          evidence: `${what} ${text} overlaps ${clash.text}`,
          remedy: `${change}${vpn}`,
        }),
      ];
    }),
  );
}

function rangesOf(sight: Sight): readonly ClusterRange[] {
  const { podSubnet, serviceSubnet } = sight.config.kubernetes;
  const pods = parseSubnet(podSubnet);
  const services = parseSubnet(serviceSubnet);
  return [
    ...(pods === undefined
      ? []
      : [
          {
            what: 'pod range',
            key: 'podSubnet',
            text: podSubnet,
            subnet: pods,
            longest: podPrefix(allMachines(sight.config.room).length),
          } as const,
        ]),
    ...(services === undefined
      ? []
      : [
          {
            what: 'service range',
            key: 'serviceSubnet',
            text: serviceSubnet,
            subnet: services,
            longest: 24,
          } as const,
        ]),
  ];
}

/** The longest prefix with a /24 for every machine. */
function podPrefix(machines: number): number {
  let prefix = 24;
  while (countOf(24, { base: 0, prefix }) < machines) prefix--;
  return prefix;
}

/** For every range that clashes somewhere, one that is free everywhere, also of the other range and of the machines' addresses. */
function proposals(
  sight: Sight,
  ranges: readonly ClusterRange[],
  uses: readonly Use[],
): ReadonlyMap<ClusterRange['key'], string> {
  const addresses = allMachines(sight.config.room).flatMap((m) => rangeOf(m.address) ?? []);
  const taken = [...uses.map((u) => u.range), ...addresses];
  const proposed = new Map<ClusterRange['key'], string>();
  for (const range of ranges) {
    if (!uses.some((u) => overlap(u.range, range.subnet))) continue;
    const others = ranges
      .filter((r) => r !== range)
      .flatMap((r) => rangeOf(proposed.get(r.key) ?? r.text) ?? []);
    const free = freeRange(range.text, range.longest, [...taken, ...others]);
    if (free !== undefined) proposed.set(range.key, free);
  }
  return proposed;
}

/** Everything a machine uses but for what an earlier run of kmon, or the pod network that it set up, has made. */
function foreignUses({ facts }: Present, ranges: readonly ClusterRange[]): readonly Use[] {
  const isOwn = (device: string, range: Subnet): boolean =>
    madeNode(facts.ledger) &&
    (/^(cni0|flannel\.|kmon-vxlan|veth|kube-)/.test(device) || ranges.some((r) => within(range, r.subnet)));
  const routes = facts.routes.flatMap(({ destination, device }) => {
    const range = isDefault(destination) ? undefined : rangeOf(destination);
    return range === undefined ? [] : [{ range, device, text: `the route ${destination} (${device})` }];
  });
  // An address mostly has a route to its network as well: then the route is named.
  const addresses = facts.addresses.flatMap(({ address, prefix, device }) => {
    const range = rangeOf(`${address}/${prefix}`);
    return range === undefined || routes.some((r) => within(range, r.range))
      ? []
      : [{ range, device, text: `the address ${address}/${prefix} (${device})` }];
  });
  return [...routes, ...addresses].filter((u) => !isOwn(u.device, u.range));
}

/** The ranges of pods and services, in use by somebody else. */
export const ranges = subject({ entries, ofRoom: [clashes] });
