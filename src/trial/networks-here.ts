import type { PodNetwork } from '../config/config.js';
import type { Machine } from '../room/machine.js';
import { PORTS } from '../room/ports.js';
import { allMachines } from '../room/room.js';
import type { Room } from '../room/room.js';
import type { EchoTrial, NetworkProof } from './network-proof.js';

/**
 * Whether a pod network would work in this room, by what was tried. `untried`: nothing of it could be, which says nothing; `routes` also where not
 * every machine of the room could be tried, since one that comes later may be behind a router, and what a cluster has stays.
 */
export interface NetworkHere {
  readonly network: PodNetwork;
  readonly outcome: 'works' | 'fails' | 'untried';
  /** Why not, with the machines between which it is so; absent where it works. */
  readonly because?: string;
}

/** What is known besides what was tried. */
export interface NetworksAround {
  readonly room: Room;
  readonly proof: NetworkProof;
  /** Why flannel's images cannot be had; absent: they can. */
  readonly noFlannel?: string;
  /** Machines whose kernel can make no VXLAN. */
  readonly withoutVxlan: readonly string[];
}

/** In the order in which `auto` takes them: what needs least comes first. It does not come to flannel, whose packets are those of vxlan. */
export const NETWORK_ORDER = ['routes', 'vxlan', 'flannel'] as const satisfies readonly PodNetwork[];

interface Way {
  readonly from: string;
  readonly to: string;
}

/**
 * Which pod networks would work between all machines: `routes` of the room, the others of those that were tried. Ways on which nothing at all passes
 * count for none: they are no matter of the network that is chosen, and findings of their own.
 */
export function networksHere(given: NetworksAround): readonly NetworkHere[] {
  const around = { ...given, proof: inOrder(given) };
  const vxlan = overlay(around);
  return [
    { network: 'routes', ...byRoutes(around) },
    { network: 'vxlan', ...vxlan },
    // The same packets; and something has to send them.
    {
      network: 'flannel',
      ...(vxlan.outcome !== 'fails' && around.noFlannel !== undefined
        ? { outcome: 'fails' as const, because: around.noFlannel }
        : vxlan),
    },
  ];
}

/** What `auto` takes, of what was found. `undefined`: none would work. */
export function firstThatWorks(found: readonly NetworkHere[]): PodNetwork | undefined {
  const of = (outcome: NetworkHere['outcome']): readonly PodNetwork[] =>
    found.filter((f) => f.outcome === outcome).map((f) => f.network);
  const [works] = of('works');
  if (works !== undefined) return works;
  // Nothing was tried, or too little: the overlay passes wherever routes do, and the kernel makes it.
  const untried = of('untried');
  return untried.includes('vxlan') ? 'vxlan' : untried[0];
}

/** In one line: "networks that would work here: routes, vxlan; not flannel (the bundle has no image of it)". */
export function networksText(found: readonly NetworkHere[]): string {
  const works = found.filter((f) => f.outcome === 'works').map((f) => f.network);
  const others = (outcome: NetworkHere['outcome'], word: string): readonly string[] => {
    const those = found.filter((f) => f.outcome === outcome);
    const reasons = [...new Set(those.map((f) => f.because ?? ''))];
    return reasons.map((because) => {
      const names = those.filter((f) => (f.because ?? '') === because).map((f) => f.network);
      return `${word} ${names.join(' and ')} (${because})`;
    });
  };
  return [
    `networks that would work here: ${works.length === 0 ? 'none' : works.join(', ')}`,
    ...others('fails', 'not'),
    ...others('untried', 'untried'),
  ].join('; ');
}

type Judged = Omit<NetworkHere, 'network'>;

function byRoutes({ room, proof }: NetworksAround): Judged {
  const guests = allMachines(room).filter((m) => m.guest === true);
  if (guests.length > 0) return fails(guestText(guests));
  const tried = (proof.foreign ?? []).filter((way) => passes(proof, way));
  const apart = tried.filter((way) => !way.direct);
  if (apart.length > 0) return fails(`a router is ${between(apart)}`);
  const lost = tried.filter((way) => way.sent > 0 && way.arrived === 0);
  if (lost.length > 0) return fails(`what has addresses of pods does not get ${fromTo(lost)}`);
  const sent = tried.filter((way) => way.sent > 0);
  if (sent.length === 0) return untried(proof, 'packets of pods');
  const names = allMachines(room).map(({ name }) => name);
  const left = names.filter((name) => !sent.some((w) => w.from === name) || !sent.some((w) => w.to === name));
  return left.length === 0 ? WORKS : { outcome: 'untried', because: coverage(names.length, left) };
}

function coverage(all: number, left: readonly string[]): string {
  return left.length === all
    ? `tried both ways with none of ${all} machines`
    : `tried between ${all - left.length} of ${all} machines, without ${some(left)}`;
}

function overlay({ proof, withoutVxlan }: NetworksAround): Judged {
  if (withoutVxlan.length > 0) return fails(`no VXLAN in the kernel of ${some(withoutVxlan)}`);
  const tried = proof.echoes.filter((way) => way.from !== way.to && passes(proof, way));
  const lost = tried.filter((way) => way.sent > 0 && way.arrived === 0);
  const [first] = lost;
  if (first !== undefined) return fails(`UDP ${first.port} does not get ${fromTo(lost)}`);
  // A cluster that is there has the port, where its network is such a one.
  return tried.length > 0 ? WORKS : untried(proof, `UDP ${PORTS.overlay.port}`);
}

const WORKS: Judged = { outcome: 'works' };

function fails(because: string): Judged {
  return { outcome: 'fails', because };
}

function untried({ ports, echoes }: NetworkProof, what: string): Judged {
  const between = [...ports, ...echoes].filter(({ from, to }) => from !== to);
  return {
    outcome: 'untried',
    because: between.length === 0 ? 'no two machines could be tried' : `${what} could not be tried`,
  };
}

/** Something gets from one to the other. */
function passes({ ports, echoes, foreign = [] }: NetworkProof, { from, to }: Way): boolean {
  const isIt = (way: Way): boolean => way.from === from && way.to === to;
  return (
    ports.some((t) => isIt(t) && (t.outcome === 'open' || t.outcome === 'refused')) ||
    echoes.some((t: EchoTrial) => isIt(t) && t.arrived > 0) ||
    foreign.some((t) => isIt(t) && t.arrived > 0)
  );
}

function guestText(guests: readonly Machine[]): string {
  const names = guests.map((g) => g.name);
  return guests.length === 1
    ? `${some(names)} is a guest, whose laptop translates addresses`
    : `${some(names)} are guests, whose laptops translate addresses`;
}

/** The first of them, and how many more there are. */
function fromTo(ways: readonly Way[]): string {
  const [first] = ways;
  return first === undefined ? '' : `from ${first.from} to ${first.to}${more(ways.length - 1, 'way')}`;
}

function between(ways: readonly Way[]): string {
  const pairs = [...new Set(ways.map(({ from, to }) => [from, to].toSorted().join(' and ')))];
  return `between ${pairs[0] ?? ''}${more(pairs.length - 1, 'pair')}`;
}

function more(count: number, what: string): string {
  return count <= 0 ? '' : `, and on ${count} more ${what}${count === 1 ? '' : 's'}`;
}

function some(names: readonly string[]): string {
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** As the room has its machines, whoever was done first: the same room names the same pair. */
function inOrder({ room, proof }: NetworksAround): NetworkProof {
  const names = allMachines(room).map(({ name }) => name);
  const place = (way: Way): number => names.indexOf(way.from) * names.length + names.indexOf(way.to);
  const sorted = <T extends Way>(ways: readonly T[]): readonly T[] =>
    ways.toSorted((a, b) => place(a) - place(b));
  return {
    ...proof,
    echoes: sorted(proof.echoes),
    ...(proof.foreign === undefined ? {} : { foreign: sorted(proof.foreign) }),
  };
}
