import { catalogue, subject } from '../subject.js';
import type { FindingOf } from '../subject.js';
import { someOf } from '../wording.js';
import { blame } from './blame.js';
import type { Way } from './blame.js';
import { ofTried } from './tried.js';
import type { TriedNetwork } from './tried.js';

const { entries, finding } = catalogue({
  'K-NET-LOSS': {
    title: 'Packets are lost',
    severities: ['hurts'],
    cause: 'weak Wi-Fi, a bad cable, or a network that is full',
    remedy: 'use a cable, or move closer to the access point',
  },
});

type Finding = FindingOf<keyof typeof entries>;

/** Wi-Fi repeats what it loses: of what still gets lost, this much makes TCP crawl. A clean cable loses nothing. */
const LOSSY = 0.03;

/** A way with half as much is no counter-evidence: of a hundred packets, chance alone makes one in twenty of three. */
const NOT_CLEAN = LOSSY / 2;

/** Of a machine's ways, how many must lose for the machine to be the cause: luck spares one now and then. */
const SHARE = 0.75;

/** A single way is judged by a hundred packets only: so that chance does not make a finding. */
const PAIR_LOSSY = 0.08;

/** Fewer packets than these say nothing. */
const ENOUGH = 20;

/** What was lost in one direction between two machines: of the questions one way and the answers to the other's questions. */
interface LossWay extends Way {
  readonly sent: number;
  readonly lost: number;
}

/** Lost packets, and the machine that explains them. What is dropped altogether is no loss but a firewall. */
function lossVerdicts(tried: TriedNetwork): readonly Finding[] {
  const ways = lossWays(tried);
  const { blamed, rest } = blame(ways, {
    share: SHARE,
    rank: (name, direction) => (tried.isParent(name) ? 2 : 0) + (direction === 'in' ? 0 : 1),
  });
  const guilty = blamed.map((b) => ({ ...b, rate: rateOf(b.ways) })).filter(({ rate }) => rate >= LOSSY);
  const machines = [...new Set(guilty.map((g) => g.machine))];
  const all = new Set(ways.flatMap((w) => [w.from, w.to])).size;
  const cause = causeFor(tried);
  if (machines.length > 2 && machines.length > all / 2) {
    const rate = rateOf(guilty.flatMap((g) => g.ways));
    return [
      finding('K-NET-LOSS', 'hurts', undefined, {
        evidence: `${percent(rate)} of the packets get lost between ${machines.length} of ${all} machines`,
        ...cause,
        remedy: remedyFor(tried, machines),
      }),
    ];
  }
  return [
    ...machines.map((name) => {
      const own = guilty.filter((g) => g.machine === name);
      const parts = own.map(
        ({ direction, rate }) =>
          `${percent(rate)} of what ${direction === 'in' ? `is sent to ${name}` : `${name} sends`}`,
      );
      return finding('K-NET-LOSS', 'hurts', tried.machine(name), {
        evidence: `${parts.join(' and ')} gets lost`,
        ...cause,
        remedy: remedyFor(tried, [name]),
      });
    }),
    ...pairs(tried, rest),
  ];
}

function pairs(tried: TriedNetwork, rest: readonly LossWay[]): readonly Finding[] {
  const lossy = rest.filter((w) => w.lost / w.sent >= PAIR_LOSSY);
  const once = lossy.filter((w, i) => !lossy.slice(0, i).some((o) => o.from === w.to && o.to === w.from));
  if (once.length === 0) return [];
  const texts = once.map((w) => `${percent(w.lost / w.sent)} from ${w.from} to ${w.to}`);
  const [first] = once;
  const one = once.length === 1 && first !== undefined;
  return [
    finding(
      'K-NET-LOSS',
      'hurts',
      one ? tried.machine(tried.isParent(first.from) ? first.to : first.from) : undefined,
      {
        evidence: `packets get lost: ${someOf(texts)}`,
        ...causeFor(tried),
        remedy: remedyFor(
          tried,
          once.flatMap((w) => [w.from, w.to]),
        ),
      },
    ),
  ];
}

function lossWays(tried: TriedNetwork): readonly LossWay[] {
  const ways = new Map<string, { from: string; to: string; sent: number; lost: number }>();
  const add = (from: string, to: string, sent: number, came: number): void => {
    const key = `${from} ${to}`;
    const way = ways.get(key) ?? { from, to, sent: 0, lost: 0 };
    ways.set(key, { ...way, sent: way.sent + sent, lost: way.lost + Math.max(0, sent - came) });
  };
  for (const { from, to, echo } of tried.ways) {
    if (echo === undefined || echo.arrived === 0) continue;
    add(from, to, echo.sent, echo.arrived);
    if (echo.answered > 0) add(to, from, echo.arrived, echo.answered);
  }
  return [...ways.values()]
    .filter((w) => w.sent >= ENOUGH)
    .map((w) => ({ ...w, bad: w.lost / w.sent >= NOT_CLEAN }));
}

function rateOf(ways: readonly LossWay[]): number {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return sum(ways.map((w) => w.lost)) / Math.max(1, sum(ways.map((w) => w.sent)));
}

function causeFor(tried: TriedNetwork): { readonly cause?: string } {
  const names = tried.ways.map((w) => w.from);
  return tried.isWireless(...names) ? {} : { cause: 'a bad cable or plug, or a network that is full' };
}

function remedyFor(tried: TriedNetwork, names: readonly string[]): string {
  return tried.isWireless(...names)
    ? 'go nearer to the access point, or use a cable'
    : `try another cable and another port of the switch for ${someOf([...new Set(names)])}`;
}

function percent(rate: number): string {
  return `${Math.round(rate * 100)} %`;
}

/** Packets that get lost. */
export const loss = subject({ entries, ofRoom: [ofTried(lossVerdicts)] });
