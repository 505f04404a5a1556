import type { EchoTrial, NetworkProof, SpeedTrial } from '../trial/network-proof.js';
import { harmlessLine } from './harmless.js';

/** How much of the room was looked at, and what was measured of its network. */
export interface Proven {
  readonly machines: number;
  readonly reached: number;
  readonly network?: NetworkProof;
}

/**
 * What a check rests on, in one line, so that "nothing is in the way" can be believed: "looked at 3 of 3 machines; tried 3 pairs both
 * ways; slowest link pc-12 -> pc-10 94 Mbit/s; worst loss none".
 */
export function proofText({ machines, reached, network }: Proven): string {
  const looked = `looked at ${reached} of ${machines} machine${machines === 1 ? '' : 's'}`;
  if (network === undefined) return looked;
  // A machine's trial of its own ports only tells its firewall from a listener that never was.
  const between = [...network.ports, ...network.echoes].filter(({ from, to }) => from !== to);
  const directions = new Set(between.map(wayOf));
  const pairs = new Set([...directions].map((way) => way.split(ARROW).toSorted().join(ARROW)));
  if (pairs.size === 0) return looked;
  // Each pair was tried in both directions unless one of the two fell away.
  const ways = directions.size === 2 * pairs.size ? ' both ways' : '';
  return [
    looked,
    `tried ${pairs.size} pair${pairs.size === 1 ? '' : 's'}${ways}`,
    ...slowest(network.speeds),
    ...worstLoss(network.echoes),
  ].join('; ');
}

const ARROW = ' -> ';

function wayOf({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${harmlessLine(from)}${ARROW}${harmlessLine(to)}`;
}

/** What was measured again alone stands for its link: together, a link shares the parent's with all others. */
function slowest(speeds: readonly SpeedTrial[]): readonly string[] {
  const byWay = new Map<string, SpeedTrial>();
  for (const speed of speeds) {
    if (speed.when === 'alone' || !byWay.has(wayOf(speed))) byWay.set(wayOf(speed), speed);
  }
  const [worst] = [...byWay.values()].toSorted((a, b) => a.bitsPerSecond - b.bitsPerSecond);
  return worst === undefined ? [] : [`slowest link ${wayOf(worst)} ${rateText(worst.bitsPerSecond)}`];
}

function worstLoss(echoes: readonly EchoTrial[]): readonly string[] {
  const rows = echoes
    .filter((e) => e.sent > 0)
    .map((e) => ({ way: wayOf(e), lost: (e.sent - e.answered) / e.sent }))
    .toSorted((a, b) => b.lost - a.lost);
  const [worst] = rows;
  if (worst === undefined) return [];
  return [worst.lost === 0 ? 'no packet lost' : `worst loss ${worst.way} ${Math.ceil(worst.lost * 100)} %`];
}

/** "94 Mbit/s", "2.1 Mbit/s", "1.4 Gbit/s". */
function rateText(bitsPerSecond: number): string {
  const mega = bitsPerSecond / 1e6;
  if (mega >= 1000) return `${(mega / 1000).toFixed(1)} Gbit/s`;
  return `${mega >= 10 ? Math.round(mega) : mega.toFixed(1)} Mbit/s`;
}
