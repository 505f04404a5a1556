import { randomBytes } from 'node:crypto';
import type { Key } from '../engine/results.js';
import type { Trial } from '../engine/stage.js';
import { PORTS } from '../room/ports.js';
import type { Room } from '../room/room.js';
import { allMachines } from '../room/room.js';
import { openPorts, stopListening } from './listen.js';
import { measureAlone, measureTogether } from './measure.js';
import type { NetworkProof } from './network-proof.js';
import { proofOf } from './proof.js';
import type { TrialIdentity } from './run-program.js';
import { trySources } from './sources.js';
import { tryWays } from './try-peers.js';

/** What a run saw: of each of its stages, by machine. */
interface Seen {
  of<T>(stage: Key<T>): ReadonlyMap<string, T>;
}

/** The trials of one run, in order, and how what they saw is put together. */
export interface NetworkTrials extends TrialIdentity {
  readonly stages: readonly Trial[];
  proof(seen: Seen, room: Room): NetworkProof;
}

/**
 * The trials that prove the network of the room; each waits for all machines. A trial that fails is something seen and no failure. A machine
 * without perl is left out and said so. Nothing stays on a machine, not even when kmon is killed meanwhile: what listens there ends by
 * itself.
 *
 * @param what `ways`: only what says which pod network works, without speeds, and without asking anybody outside of the room
 */
export function networkTrials(what: 'everything' | 'ways' = 'everything'): NetworkTrials {
  const identity = { id: randomBytes(6).toString('hex'), token: randomBytes(16).toString('hex') };
  const open = openPorts(identity);
  const ways = tryWays(identity, open, what === 'ways' ? undefined : trySources);
  const before = { open, tryWays: ways };
  const together = measureTogether(identity, before);
  const alone = measureAlone(identity, before, together);
  const speeds = what === 'ways' ? [] : [together, alone];
  const close = stopListening(identity, open, [ways, ...speeds]);
  return {
    ...identity,
    stages: [open, ways, ...speeds, close],
    proof: (seen, room) => {
      const opened = [...seen.of(open).values()];
      const tried = seen.of(ways);
      const measured = [...seen.of(together).values(), ...seen.of(alone).values()];
      const closed = seen.of(close);
      return proofOf(
        {
          names: allMachines(room).map(({ name }) => name),
          tried: defined(tried, (t) => t.tried),
          counted: defined(closed, (c) => c.counted),
          speeds: measured.flatMap((m) => m.speeds),
          sources: [...tried.values()].flatMap((t) => t.sources),
          untried: [...opened, ...tried.values(), ...measured, ...closed.values()].flatMap((s) => s.untried),
        },
        PORTS.overlay.port,
      );
    },
  };
}

function defined<S, T>(of: ReadonlyMap<string, S>, pick: (seen: S) => T | undefined): ReadonlyMap<string, T> {
  return new Map(
    [...of].flatMap(([name, seen]) => {
      const value = pick(seen);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
