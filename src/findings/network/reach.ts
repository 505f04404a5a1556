import { catalogue, subject } from '../subject.js';
import type { FindingOf } from '../subject.js';
import { someOf } from '../wording.js';
import { blame } from './blame.js';
import type { Blamed, Way } from './blame.js';
import { dropsInto, dropsOutOf, finding as blockedFinding } from './firewall.js';
import { isAlive, ofTried } from './tried.js';
import type { TriedNetwork, TriedWay } from './tried.js';

const { entries, finding } = catalogue({
  'K-NET-ISOLATED': {
    title: 'The network keeps computers apart',
    severities: ['stops'],
    cause: 'access points for guests let clients talk to the Internet only, not to each other',
    remedy: 'use a switch or a hotspot, or have the isolation of clients switched off in the access point',
  },
});

type Finding = FindingOf<keyof typeof entries | Parameters<typeof blockedFinding>[0]>;

/** A way, and whether nothing at all gets through. */
interface DeadOrAlive extends Way {
  readonly way: TriedWay;
}

/**
 * Machines between which nothing passes: the network that keeps them apart, the machine that is cut off, the pair that is. Each way is
 * explained once; ports are judged where something passes.
 */
function reachVerdicts(tried: TriedNetwork): readonly Finding[] {
  const all = tried.ways.map((way) => ({ from: way.from, to: way.to, bad: !isAlive(way), way }));
  if (!all.some((w) => w.bad)) return [];
  if (all.every((w) => w.bad)) return [isolated(tried, 'nobody in the room reaches anybody', namesIn(all))];
  const apart = keptApart(tried, all) ?? twoNetworks(tried, all);
  const left = apart === undefined ? all : all.map((w) => (apart.explains(w) ? { ...w, bad: false } : w));
  return [...(apart === undefined ? [] : [apart.finding]), ...cutOff(tried, left)];
}

interface Apart {
  readonly finding: Finding;
  explains(way: Way): boolean;
}

/** Children that reach the parent and no other of their kind: what an access point for guests does. */
function keptApart(tried: TriedNetwork, all: readonly DeadOrAlive[]): Apart | undefined {
  const { isParent } = tried;
  const among = all.filter((w) => !isParent(w.from) && !isParent(w.to));
  const lonely = new Set(among.filter((w) => w.bad).flatMap((w) => [w.from, w.to]));
  const inside = among.filter((w) => lonely.has(w.from) && lonely.has(w.to));
  const reached = all.filter((w) => isParent(w.from) !== isParent(w.to));
  const everyChild = namesIn(among).every((name) => lonely.has(name));
  if (
    inside.some((w) => !w.bad) ||
    // Two of many are a pair and no pattern.
    lonely.size < (everyChild ? 2 : 3) ||
    !reached.filter((w) => lonely.has(w.from) || lonely.has(w.to)).every((w) => !w.bad)
  )
    return undefined;
  const who = everyChild ? 'the children do' : `${someOf([...lonely])} do`;
  return {
    finding: isolated(tried, `${who} not reach each other, though each reaches the parent`, [...lonely]),
    explains: (w) => lonely.has(w.from) && lonely.has(w.to),
  };
}

/** The room falls into parts that know nothing of each other. A single machine is no part: it is cut off. */
function twoNetworks(tried: TriedNetwork, all: readonly DeadOrAlive[]): Apart | undefined {
  const parts = partsOf(all);
  if (parts.filter((part) => part.length > 1).length < 2) return undefined;
  const partOf = (name: string): number => parts.findIndex((part) => part.includes(name));
  const large = parts.filter((part) => part.length > 1).map((part) => someOf(part));
  return {
    finding: finding('K-NET-ISOLATED', 'stops', undefined, {
      evidence: `the room is in ${large.length} parts that do not reach each other: ${large.join(' | ')}`,
      cause: tried.isWireless(...namesIn(all))
        ? 'they are in different networks, or the Wi-Fi does not talk to the cable'
        : 'they are in different networks (switches or VLANs)',
      remedy: 'connect all of them to the same switch or Wi-Fi',
    }),
    explains: (w) => partOf(w.from) !== partOf(w.to),
  };
}

/** Machines that are joined by ways that work, in one direction at least. */
function partsOf(all: readonly DeadOrAlive[]): readonly (readonly string[])[] {
  let parts = namesIn(all).map((name) => [name]);
  for (const { from, to, bad } of all) {
    if (bad) continue;
    const joined = parts.filter((part) => part.includes(from) || part.includes(to));
    parts = [joined.flat(), ...parts.filter((part) => !joined.includes(part))];
  }
  const order = namesIn(all);
  const place = (name: string): number => order.indexOf(name);
  const sorted = parts.map((part) => part.toSorted((a, b) => place(a) - place(b)));
  return sorted.toSorted(([a = ''], [b = '']) => place(a) - place(b));
}

function isolated(tried: TriedNetwork, evidence: string, names: readonly string[]): Finding {
  const wifi = tried.isWireless(...names);
  return finding('K-NET-ISOLATED', 'stops', undefined, {
    evidence,
    ...(wifi
      ? {
          cause:
            'this Wi-Fi keeps computers apart: it lets each of them talk to the Internet, not to each other',
        }
      : {
          cause:
            'the switch or bridge keeps computers apart: its ports are isolated, or in VLANs of their own',
        }),
    remedy: wifi
      ? 'use a switch or a hotspot of your own, or have client isolation switched off on the access point'
      : 'use a plain switch, or have port isolation switched off on this one',
  });
}

/** Single machines that nothing gets to, or from; then single pairs. */
function cutOff(tried: TriedNetwork, all: readonly DeadOrAlive[]): readonly Finding[] {
  const { blamed, rest } = blame(all, { rank: (name, way) => rank(tried, name, way) });
  const childrenOnly = (w: Way): boolean => !tried.isParent(w.from) && !tried.isParent(w.to);
  const second = blame(
    all.filter((w) => childrenOnly(w) && (rest.includes(w) || !w.bad)),
    { rank: (name, way) => rank(tried, name, way) },
  );
  return [
    ...byMachine(tried, blamed, 'the room'),
    ...byMachine(tried, second.blamed, 'the other children'),
    ...pairs(tried, [...rest.filter((w) => !childrenOnly(w)), ...second.rest]),
  ];
}

function byMachine(
  tried: TriedNetwork,
  blamed: readonly Blamed<DeadOrAlive>[],
  others: string,
): readonly Finding[] {
  return [...new Set(blamed.map((b) => b.machine))].map((name) => {
    const own = blamed.filter((b) => b.machine === name);
    const both = own.length === 2;
    const ways = own.flatMap((b) => b.ways.map((w) => w.way));
    if (!both && others === 'the room') {
      return own[0]?.direction === 'in' ? dropsInto(tried, name, ways) : dropsOutOf(tried, name, ways);
    }
    return blockedFinding('K-NET-BLOCKED', 'stops', tried.machine(name), {
      evidence: both
        ? `${name} and ${others} do not reach each other`
        : own[0]?.direction === 'in'
          ? `${others} do not reach ${name}`
          : `${name} does not reach ${others}`,
      ...(both
        ? {
            cause: tried.isWireless(name)
              ? 'it is in another Wi-Fi, or in one that keeps computers apart'
              : 'it is in another network, or on a switch port that is kept apart',
          }
        : {}),
      remedy: `connect ${name} to the same switch or Wi-Fi as the others`,
    });
  });
}

/** One finding for a pair, whichever ways of it fail; one for all when they are many. */
function pairs(tried: TriedNetwork, rest: readonly DeadOrAlive[]): readonly Finding[] {
  const back = (way: Way): boolean => rest.some((w) => w.from === way.to && w.to === way.from);
  const once = rest.filter((way, i) => !rest.slice(0, i).some((w) => w.from === way.to && w.to === way.from));
  const textOf = (way: Way): string =>
    back(way)
      ? `${way.from} and ${way.to} do not reach each other`
      : `nothing that ${way.from} sends gets to ${way.to}`;
  if (once.length > FEW_PAIRS) {
    return [
      blockedFinding('K-NET-BLOCKED', 'stops', undefined, {
        evidence: `${once.length} pairs of machines do not reach each other: ${someOf(once.map(textOf))}`,
        remedy: 'connect all machines to the same switch or Wi-Fi, and look for a firewall on these',
      }),
    ];
  }
  return once.map((way) => {
    const child = tried.isParent(way.from) ? way.to : way.from;
    return blockedFinding('K-NET-BLOCKED', 'stops', tried.machine(back(way) ? child : way.to), {
      evidence: `${textOf(way)}, though others do`,
      remedy: back(way)
        ? `look for a rule about the other one in the firewalls of ${way.from} and ${way.to}`
        : `look for a rule about ${way.from} in the firewall of ${way.to}`,
    });
  });
}

/** More pairs than these are told together. */
const FEW_PAIRS = 4;

/** What comes in is dropped more often than what goes out; and there is one parent and many children. */
function rank(tried: TriedNetwork, name: string, direction: 'in' | 'out'): number {
  return (direction === 'in' ? 0 : 2) + (tried.isParent(name) ? 1 : 0);
}

function namesIn(all: readonly Way[]): readonly string[] {
  return [...new Set(all.flatMap((w) => [w.from, w.to]))];
}

/** Whether anything passes at all. */
export const reach = subject({ entries, ofRoom: [ofTried(reachVerdicts)] });
