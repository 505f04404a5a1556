import { parseSpeeds } from './answers.js';
import { suspects } from './speeds.js';
import { SPEED_CEILING } from './network-proof.js';
import type { SpeedTrial, Untried } from './network-proof.js';
import type { Trial, TrialContext } from '../engine/stage.js';
import { onEveryone } from '../engine/stage.js';
import type { Machine } from '../room/machine.js';
import { runProgram } from './run-program.js';
import type { Opened } from './listen.js';
import type { TrialIdentity } from './run-program.js';
import { listeningIn, numbersIn } from './try-peers.js';
import type { TriedHere } from './try-peers.js';

/** Seconds each way: three in all while everybody is measured, one when it is about a single child. */
const TOGETHER_SECONDS = 1.5;
const ALONE_SECONDS = 0.5;

/** The trials that come before a measurement. */
export interface Before {
  readonly open: Trial<Opened>;
  readonly tryWays: Trial<TriedHere>;
}

export interface Measured {
  readonly speeds: readonly SpeedTrial[];
  readonly untried: readonly Untried[];
}

/**
 * How much goes between the parent and every child while all of them send at once, first from the parent, then to it. The child dials; where
 * only the parent gets through, it does.
 */
export function measureTogether(identity: TrialIdentity, before: Before): Trial<Measured> {
  return {
    id: 'network-speed',
    title: 'Measure how fast the network is',
    after: onEveryone(before.tryWays),
    on: 'room',
    tryOut: (c) => measure(c, identity, 'together', TOGETHER_SECONDS, peersToDial(c, before)),
    inWords: ({ speeds }) => inWords(speeds, 'measured by the others'),
  };
}

/** Measures the children that looked slow once more, one after the other: what is slow alone is slow by itself. */
export function measureAlone(
  identity: TrialIdentity,
  before: Before,
  together: Trial<Measured>,
): Trial<Measured> {
  return {
    id: 'network-alone',
    title: 'Measure again what looked slow',
    after: onEveryone(together),
    on: 'room',
    oneAtATime: true,
    tryOut: async (c) => {
      const seen = [...c.seen(together).values()].flatMap(({ speeds }) => speeds);
      const slow = suspects(seen, c.config.room.parent.name);
      const mine = peersToDial(c, before).filter(
        (peer) => slow.includes(c.machine.name) || slow.includes(peer.machine.name),
      );
      const found: Measured[] = [];
      for (const peer of mine) found.push(await measure(c, identity, 'alone', ALONE_SECONDS, [peer]));
      return { speeds: found.flatMap((f) => f.speeds), untried: found.flatMap((f) => f.untried) };
    },
    inWords: ({ speeds }) => inWords(speeds, 'not needed'),
  };
}

interface Peer {
  readonly machine: Machine;
  readonly port: number;
}

/** Whom this machine dials: a child the parent; the parent the children that do not get through to it. */
function peersToDial(c: TrialContext, before: Before): readonly Peer[] {
  const { parent, children } = c.config.room;
  const to = (machine: Machine): readonly Peer[] => {
    const port = wayInto(c, before, c.machine.name, machine.name);
    return port === undefined ? [] : [{ machine, port }];
  };
  if (c.machine.name !== parent.name) return to(parent);
  return children
    .filter((child) => wayInto(c, before, child.name, parent.name) === undefined)
    .flatMap((child) => to(child));
}

/**
 * A port that the trial itself listens on, and that was reached. Where there is a cluster, what comes to a NodePort is led to a pod before any
 * listener sees it.
 */
function wayInto(c: TrialContext, before: Before, from: string, to: string): number | undefined {
  const peer = numbersIn(c).indexOf(to);
  const { prometheusNodePort, grafanaNodePort } = c.config.monitoring;
  return c
    .seen(before.tryWays)
    .get(from)
    ?.tried?.ports.find(
      (t) =>
        t.peer === peer &&
        t.outcome === 'open' &&
        t.port !== prometheusNodePort &&
        t.port !== grafanaNodePort &&
        listeningIn(c, before.open)
          .get(to)
          ?.ports.some((p) => p.protocol === 'tcp' && p.port === t.port && p.state === 'opened') === true,
    )?.port;
}

async function measure(
  c: TrialContext,
  identity: TrialIdentity,
  when: SpeedTrial['when'],
  seconds: number,
  peers: readonly Peer[],
): Promise<Measured> {
  if (peers.length === 0) return { speeds: [], untried: [] };
  const own = c.machine.name;
  const names = numbersIn(c);
  const ran = await runProgram(c, identity, 'speed', [
    ['seconds', seconds],
    ['pace', SPEED_CEILING / 8],
    ...peers.map(({ machine, port }) => ['to', names.indexOf(machine.name), machine.address, port] as const),
  ]);
  if ('untried' in ran)
    return { speeds: [], untried: [{ machine: own, what: 'the speed', because: ran.untried }] };
  const speeds = parseSpeeds(ran.stdout).map(({ peer, way, bitsPerSecond }) => {
    const other = names[peer] ?? '';
    return { from: way === 'to' ? own : other, to: way === 'to' ? other : own, bitsPerSecond, when };
  });
  return { speeds, untried: [] };
}

function inWords(found: readonly SpeedTrial[], none: string): string {
  if (found.length === 0) return none;
  const slowest = Math.min(...found.map((s) => s.bitsPerSecond)) / 1e6;
  return `${slowest < 10 ? slowest.toFixed(1) : Math.round(slowest)} Mbit/s`;
}
