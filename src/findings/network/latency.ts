import { median } from '../../trial/speeds.js';
import { catalogue, subject } from '../subject.js';
import type { About, FindingOf } from '../subject.js';
import { blame } from './blame.js';
import type { Way } from './blame.js';
import { ofTried } from './tried.js';
import type { TriedNetwork, TriedWay } from './tried.js';

const { entries, finding } = catalogue({
  'K-NET-LATENCY': {
    title: 'Answers take long',
    severities: ['hurts'],
    cause: 'weak Wi-Fi or a detour; etcd and the kubelet wait for every one of them',
    remedy: 'use a cable, or move closer to the access point',
  },
});

type Finding = FindingOf<keyof typeof entries>;

/**
 * Median of a round trip that hurts, in milliseconds: a cable has less than one, good Wi-Fi less than ten. What a busy computer adds
 * stays below.
 */
const LONG_MS = 50;

interface LatencyWay extends Way {
  readonly rttMs: number;
}

/** Answers that take long, and the machine that explains them. */
function latencyVerdicts(tried: TriedNetwork): readonly Finding[] {
  const ways = tried.ways.flatMap((way): readonly LatencyWay[] => {
    const rttMs = roundTrip(way);
    return rttMs === undefined ? [] : [{ from: way.from, to: way.to, bad: rttMs >= LONG_MS, rttMs }];
  });
  const bad = ways.filter((w) => w.bad);
  if (bad.length === 0) return [];
  if (ways.length > 2 && bad.length === ways.length) {
    return [said(undefined, `answers take ${inMs(bad)} between all machines`)];
  }
  // A round trip has no direction: what goes into a machine comes out of it.
  const { blamed, rest } = blame(ways, { rank: (name) => (tried.isParent(name) ? 1 : 0) });
  const machines = [...new Set(blamed.map((b) => b.machine))];
  const left = rest.filter((w) => !machines.includes(w.from) && !machines.includes(w.to));
  return [
    ...machines.map((name) => {
      const own = blamed.filter((b) => b.machine === name).flatMap((b) => b.ways);
      return said(tried.machine(name), `answers of ${name} take ${inMs(own)}`);
    }),
    ...left
      .filter((w, i) => !left.slice(0, i).some((o) => o.from === w.to && o.to === w.from))
      .map((w) =>
        said(
          tried.machine(tried.isParent(w.from) ? w.to : w.from),
          `between ${w.from} and ${w.to} answers take ${inMs([w])}`,
        ),
      ),
  ];
}

/** The better one of what was measured: the kernel answers a handshake by itself, an echo waits for a program. */
function roundTrip({ ports, echo }: TriedWay): number | undefined {
  const handshakes = ports.flatMap((t) => t.rttMs ?? []);
  const measured = [
    ...(echo?.rttMs === undefined ? [] : [echo.rttMs]),
    ...(handshakes.length === 0 ? [] : [median(handshakes)]),
  ];
  return measured.length === 0 ? undefined : Math.min(...measured);
}

function said(machine: About, evidence: string): Finding {
  return finding('K-NET-LATENCY', 'hurts', machine, {
    evidence,
    remedy: 'use a cable, or go nearer to the access point; end downloads and calls that fill the network',
  });
}

function inMs(ways: readonly LatencyWay[]): string {
  return `${Math.round(median(ways.map((w) => w.rttMs)))} ms`;
}

/** Round trips. */
export const latency = subject({ entries, ofRoom: [ofTried(latencyVerdicts)] });
