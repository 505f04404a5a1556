import type { EchoTrial } from '../../trial/network-proof.js';
import { wayOut } from '../../facts/place.js';
import { roomDevice } from '../sight/devices.js';
import { catalogue, subject } from '../subject.js';
import type { About, FindingOf } from '../subject.js';
import { someOf } from '../wording.js';
import { blame } from './blame.js';
import type { Way } from './blame.js';
import { ofTried } from './tried.js';
import type { TriedNetwork, TriedWay } from './tried.js';

const { entries, finding } = catalogue({
  'K-NET-MTU': {
    title: 'Large packets do not pass',
    severities: ['stops', 'hurts'],
    cause: 'a link with a smaller MTU lies in between; pods use what the machine believes',
    remedy: 'give both machines the MTU that passes, or repair the link',
  },
});

type Finding = FindingOf<keyof typeof entries>;

/** The size that everything is made for; nothing larger was tried. */
const USUAL = 1500;

/** Nothing smaller was tried: IPv6 forbids links below it, and an overlay needs some of it. */
const SMALLEST = 1280;

/** Where more than this gets lost, a size that did not come through says nothing. */
const TOO_LOSSY = 0.3;

/** A way on which less passes than both ends believe. */
interface SizeWay extends Way {
  /** What passes, in bytes; 0: less than the smallest that was tried. */
  readonly passes: number;
}

/** Links with a smaller MTU than the others, and ways on which large packets vanish though both ends believe in them. */
function mtuVerdicts(tried: TriedNetwork): readonly Finding[] {
  return [...smallLinks(tried), ...blackHoles(tried)];
}

/** Known on the machine itself, so its own programs cope; the others' pods do not. */
function smallLinks(tried: TriedNetwork): readonly Finding[] {
  const names = [...new Set(tried.ways.flatMap((w) => [w.from, w.to]))];
  const largest = Math.min(USUAL, Math.max(0, ...names.map((name) => linkMtu(tried, name) ?? 0)));
  return names.flatMap((name) => {
    const mtu = linkMtu(tried, name);
    if (mtu === undefined || mtu >= largest) return [];
    return [
      finding('K-NET-MTU', 'hurts', tried.machine(name), {
        evidence: `packets above ${mtu} bytes do not reach ${name}: the MTU of its link is ${mtu}, that of the others ${largest}`,
        cause: 'somebody has set it, or a VPN has; what the others send in full size is dropped',
        remedy: `set the MTU of that link to ${largest} (sudo ip link set dev ${deviceOf(tried, name)} mtu ${largest}), or the same on all`,
      }),
    ];
  });
}

function blackHoles(tried: TriedNetwork): readonly Finding[] {
  const ways = tried.ways.flatMap((way) => sizeWay(tried, way));
  const bad = ways.filter((w) => w.bad);
  if (bad.length === 0) return [];
  if (ways.length > 2 && bad.length === ways.length) {
    return [
      said(undefined, `packets above ${passing(bad)} bytes do not pass between any two machines`, {
        remedy: 'set the MTU of the access point or switch to 1500, or a smaller MTU on all machines',
      }),
    ];
  }
  const { blamed, rest } = blame(ways, {
    rank: (name, direction) => (tried.isParent(name) ? 2 : 0) + (direction === 'in' ? 0 : 1),
  });
  const machines = [...new Set(blamed.map((b) => b.machine))];
  const left = rest.filter((w) => !machines.includes(w.from) && !machines.includes(w.to));
  return [
    ...machines.map((name) => {
      const own = blamed.filter((b) => b.machine === name);
      const [first] = own;
      const oneWay = own.length === 1 && first !== undefined ? first.direction : undefined;
      const verb =
        oneWay === 'in'
          ? `do not reach ${name}`
          : oneWay === 'out'
            ? `of ${name} do not arrive`
            : `do not reach ${name}, nor do its own arrive`;
      const size = passing(own.flatMap((b) => b.ways));
      return said(
        tried.machine(name),
        `packets above ${size} bytes ${verb}, though its link has an MTU of ${linkMtu(tried, name) ?? USUAL}`,
        {
          remedy: `look for what lies between ${name} and the others (an adapter, a second router, a VPN), or set the MTU of all machines to ${size}`,
        },
      );
    }),
    ...pairFindings(tried, left),
  ];
}

function pairFindings(tried: TriedNetwork, left: readonly SizeWay[]): readonly Finding[] {
  const once = left.filter((w, i) => !left.slice(0, i).some((o) => o.from === w.to && o.to === w.from));
  const [first] = once;
  if (first === undefined) return [];
  const texts = once.map((w) => `${w.from} and ${w.to}`);
  const machine =
    once.length === 1 ? tried.machine(tried.isParent(first.from) ? first.to : first.from) : undefined;
  return [
    said(machine, `packets above ${passing(once)} bytes do not pass between ${someOf(texts)}`, {
      remedy: 'look for what lies between them (a second router, a VPN), or set a smaller MTU on both',
    }),
  ];
}

/** TCP gets stuck as soon as it sends a full packet: a join or a download hangs without a word. */
function said(machine: About, evidence: string, { remedy }: { readonly remedy: string }): Finding {
  return finding('K-NET-MTU', 'stops', machine, { evidence, remedy });
}

function sizeWay(tried: TriedNetwork, { from, to, echo }: TriedWay): readonly SizeWay[] {
  if (echo === undefined || echo.answered === 0 || 1 - echo.answered / echo.sent > TOO_LOSSY) return [];
  const expected = Math.min(USUAL, linkMtu(tried, from) ?? USUAL, linkMtu(tried, to) ?? USUAL);
  const passes = sizeThere(echo);
  return [{ from, to, passes, bad: passes < expected }];
}

/** On the way there alone, where the other end told what it saw: the way back is the other machine's trial. */
function sizeThere({ mtu = 0, mtuThere }: EchoTrial): number {
  return Math.max(mtu, mtuThere ?? 0);
}

function linkMtu(tried: TriedNetwork, name: string): number | undefined {
  const device = deviceOf(tried, name);
  return tried.sight.factsOf.get(name)?.links.find((l) => l.device === device)?.mtu;
}

function deviceOf(tried: TriedNetwork, name: string): string {
  const facts = tried.sight.factsOf.get(name);
  if (facts === undefined) return '';
  const machine = tried.machine(name);
  return roomDevice({ machine, facts }) ?? wayOut(machine, facts)?.device ?? '';
}

/** What passes on all of them. */
function passing(ways: readonly SizeWay[]): number {
  return Math.min(...ways.map((w) => (w.passes === 0 ? SMALLEST : w.passes)));
}

/** The size of packets. */
export const mtu = subject({ entries, ofRoom: [ofTried(mtuVerdicts)] });
