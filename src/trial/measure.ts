import { parseSpeeds } from './answers.js';
import { suspects } from './speeds.js';
import { SPEED_CEILING } from './network-proof.js';
import type { SpeedTrial } from './network-proof.js';
import type { MachineContext, Stage } from '../engine/stage.js';
import { lookingStage, satisfied } from '../engine/stage.js';
import type { Machine } from '../room/machine.js';
import { runProgram } from './run-program.js';
import type { NetworkTrials } from './seen.js';

/** Seconds each way: three in all while everybody is measured, one when it is about a single child. */
const TOGETHER_SECONDS = 1.5;
const ALONE_SECONDS = 0.5;

/**
 * How much goes between the parent and every child while all of them send at once, first from the parent, then to it. The child dials; where
 * only the parent gets through, it does.
 */
export function measureTogether(trials: NetworkTrials): Stage {
  return lookingStage({
    id: 'network-speed',
    title: 'Measure how fast the network is',
    after: ['network-try'],
    on: 'all',
    probe: async (m) => {
      const found = await measure(m, trials, 'together', TOGETHER_SECONDS, peersToDial(m, trials));
      trials.speeds.push(...found);
      return satisfied(inWords(found));
    },
  });
}

/** Measures the children that looked slow once more, one after the other: what is slow alone is slow by itself. */
export function measureAlone(trials: NetworkTrials): Stage {
  return lookingStage({
    id: 'network-alone',
    title: 'Measure again what looked slow',
    after: ['network-try'],
    on: 'all',
    probe: async (m) => {
      const parent = m.config.room.parent.name;
      const slow = suspects(
        trials.speeds.filter((s) => s.when === 'together'),
        parent,
      );
      const mine = peersToDial(m, trials).filter(
        (peer) => slow.includes(m.machine.name) || slow.includes(peer.machine.name),
      );
      const found: SpeedTrial[] = [];
      for (const peer of mine) {
        const before = trials.turn;
        const work = before.then(async () => measure(m, trials, 'alone', ALONE_SECONDS, [peer]));
        // Who waits for its turn does not care how this one ended.
        trials.turn = work.then(
          () => undefined,
          () => undefined,
        );
        found.push(...(await work));
      }
      trials.speeds.push(...found);
      return satisfied(found.length === 0 ? 'not needed' : inWords(found));
    },
  });
}

interface Peer {
  readonly machine: Machine;
  readonly port: number;
}

/** Whom this machine dials: a child the parent; the parent the children that do not get through to it. */
function peersToDial(m: MachineContext, trials: NetworkTrials): readonly Peer[] {
  const { parent, children } = m.config.room;
  const to = (machine: Machine): readonly Peer[] => {
    const port = wayInto(trials, m.machine.name, machine.name);
    return port === undefined ? [] : [{ machine, port }];
  };
  if (m.machine.name !== parent.name) return to(parent);
  return children
    .filter((child) => wayInto(trials, child.name, parent.name) === undefined)
    .flatMap((child) => to(child));
}

/** A port that the trial itself listens on, and that was reached. */
function wayInto(trials: NetworkTrials, from: string, to: string): number | undefined {
  const peer = trials.names.indexOf(to);
  return trials.tried
    .get(from)
    ?.ports.find(
      (t) =>
        t.peer === peer &&
        t.outcome === 'open' &&
        trials.listening
          .get(to)
          ?.ports.some((p) => p.protocol === 'tcp' && p.port === t.port && p.state === 'opened') === true,
    )?.port;
}

async function measure(
  m: MachineContext,
  trials: NetworkTrials,
  when: SpeedTrial['when'],
  seconds: number,
  peers: readonly Peer[],
): Promise<readonly SpeedTrial[]> {
  if (peers.length === 0) return [];
  const own = m.machine.name;
  const stdout = await runProgram(m, trials, {
    program: 'speed',
    what: 'the speed',
    job: [
      ['seconds', seconds],
      ['pace', SPEED_CEILING / 8],
      ...peers.map(
        ({ machine, port }) => ['to', trials.names.indexOf(machine.name), machine.address, port] as const,
      ),
    ],
  });
  return parseSpeeds(stdout ?? '').map(({ peer, way, bitsPerSecond }) => {
    const other = trials.names[peer] ?? '';
    return { from: way === 'to' ? own : other, to: way === 'to' ? other : own, bitsPerSecond, when };
  });
}

function inWords(found: readonly SpeedTrial[]): string {
  if (found.length === 0) return 'measured by the others';
  const slowest = Math.min(...found.map((s) => s.bitsPerSecond)) / 1e6;
  return `${slowest < 10 ? slowest.toFixed(1) : Math.round(slowest)} Mbit/s`;
}
