import type { SpeedTrial } from '../../trial/network-proof.js';
import { SLOW_BITS_PER_SECOND } from '../../trial/speeds.js';
import { catalogue, subject } from '../subject.js';
import type { FindingOf } from '../subject.js';
import { ofTried } from './tried.js';
import type { TriedNetwork } from './tried.js';

const { entries, finding } = catalogue({
  'K-NET-SLOW': {
    title: 'The network is slow',
    severities: ['hurts'],
    cause: 'images of some hundred megabytes go over it',
    remedy: 'use a cable or another port of the switch, and load images before the lesson',
  },
});

type Finding = FindingOf<keyof typeof entries>;

/** What all children together must get: three hundred megabytes of images for ten children take 20 minutes with this. */
const SLOW_IN_ALL = 20_000_000;

/** A child, and the worse of its two directions. */
interface Slowness {
  readonly child: string;
  readonly together?: SpeedTrial;
  readonly alone?: SpeedTrial;
}

/**
 * Slow machines, and slow rooms. A child is slow when it is so while nobody else sends; when all are slow together, it is the room (or
 * the parent's link, which is the same to everybody).
 */
function speedVerdicts(tried: TriedNetwork): readonly Finding[] {
  const children = slownessOf(tried);
  const slowTogether = children.filter((c) => isSlow(c.together));
  const again = children.filter((c) => c.alone !== undefined);
  const slowAlone = again.filter((c) => isSlow(c.alone));
  if (children.length > 1 && slowTogether.length === children.length) {
    return roomVerdict(tried, children, slowAlone.length === again.length ? again : []);
  }
  // Only a few are measured again. When all of those were slow, so are the rest.
  const rest = slowAlone.length === again.length ? slowTogether.filter((c) => c.alone === undefined) : [];
  return [...slowAlone, ...rest].flatMap((c) => {
    const seen = c.alone ?? c.together;
    if (seen === undefined) return [];
    const way = seen.from === c.child ? 'to the parent' : 'from the parent';
    return [
      finding('K-NET-SLOW', 'hurts', tried.machine(c.child), {
        evidence: `${c.child} is slow (${rate(seen.bitsPerSecond)} ${way})`,
        remedy: tried.isWireless(c.child)
          ? 'go nearer to the access point, use its 5 GHz network, or a cable'
          : 'try another cable and another port of the switch; end what fills its network',
      }),
    ];
  });
}

function roomVerdict(
  tried: TriedNetwork,
  children: readonly Slowness[],
  slowEvenAlone: readonly Slowness[],
): readonly Finding[] {
  const { parent } = tried.sight.config.room;
  const wifi = tried.isWireless(parent.name, ...children.map((c) => c.child));
  const remedy = wifi
    ? 'use a cable for the parent at least, or a bundle and fewer computers at once'
    : `try another cable and another port of the switch for ${parent.name}`;
  const [first] = slowEvenAlone;
  if (first?.alone !== undefined) {
    return [
      finding('K-NET-SLOW', 'hurts', undefined, {
        evidence: `the network is slow: ${rate(first.alone.bitsPerSecond)} between the parent and ${first.child}, even when nobody else sends`,
        cause: `the link of ${parent.name} or the network as a whole is slow`,
        remedy,
      }),
    ];
  }
  const totals = (['from', 'to'] as const).map((end) =>
    tried.proof.speeds
      .filter((s) => s.when === 'together' && s[end] === parent.name)
      .reduce((sum, s) => sum + s.bitsPerSecond, 0),
  );
  const total = Math.min(...totals);
  if (total >= SLOW_IN_ALL) return [];
  return [
    finding('K-NET-SLOW', 'hurts', undefined, {
      evidence: `the network is slow: ${rate(total)} for all ${children.length} children together`,
      remedy,
    }),
  ];
}

function slownessOf(tried: TriedNetwork): readonly Slowness[] {
  const { speeds } = tried.proof;
  return tried.sight.config.room.children.flatMap(({ name: child }) => {
    const own = speeds.filter((s) => s.from === child || s.to === child);
    const together = worst(own, 'together');
    const alone = worst(own, 'alone');
    if (together === undefined) return [];
    return [{ child, together, ...(alone === undefined ? {} : { alone }) }];
  });
}

function worst(speeds: readonly SpeedTrial[], when: SpeedTrial['when']): SpeedTrial | undefined {
  return speeds.filter((s) => s.when === when).sort((a, b) => a.bitsPerSecond - b.bitsPerSecond)[0];
}

function isSlow(speed: SpeedTrial | undefined): boolean {
  return speed !== undefined && speed.bitsPerSecond < SLOW_BITS_PER_SECOND;
}

function rate(bitsPerSecond: number): string {
  const mega = bitsPerSecond / 1e6;
  return `${mega < 1 ? mega.toFixed(1) : Math.round(mega)} Mbit/s`;
}

/** How fast images and measurements come through. */
export const speed = subject({ entries, ofRoom: [ofTried(speedVerdicts)] });
