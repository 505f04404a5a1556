import { blame } from '../blame.js';
import type { Way } from '../blame.js';
import { median } from '../../trial/speeds.js';
import type { Tried, TriedWay } from '../ways.js';
import type { Finding } from '../finding.js';
import { finding } from './verdict.js';

/**
 * Median of a round trip that hurts, in milliseconds: a cable has less than one, good Wi-Fi less than ten. What a busy computer adds
 * stays below.
 */
const LONG_MS = 50;

interface LatencyWay extends Way {
  readonly rttMs: number;
}

/** Answers that take long, and the machine that explains them. */
export function latencyVerdicts(tried: Tried): readonly Finding[] {
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

function said(machine: Parameters<typeof finding>[2], evidence: string): Finding {
  return finding('K-NET-LATENCY', 'hurts', machine, {
    evidence,
    remedy: 'use a cable, or go nearer to the access point; end downloads and calls that fill the network',
  });
}

function inMs(ways: readonly LatencyWay[]): string {
  return `${Math.round(median(ways.map((w) => w.rttMs)))} ms`;
}
