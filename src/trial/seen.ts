import { randomBytes } from 'node:crypto';
import type { Counted, Listening, Tried } from './answers.js';
import type { NetworkProof, SourceTrial, SpeedTrial } from './network-proof.js';

/** What the stages of one run gather: one object serves one run. */
export interface NetworkTrials {
  /** Names the listeners of this run on the machines; anybody there may see it. */
  readonly id: string;
  /** Only who knows it is answered by them. */
  readonly token: string;
  /** Machines whose listener runs, in the order of the room. */
  readonly listening: Map<string, Listening>;
  readonly tried: Map<string, Tried>;
  readonly counted: Map<string, Counted>;
  readonly speeds: SpeedTrial[];
  readonly sources: SourceTrial[];
  readonly untried: NetworkProof['untried'][number][];
  /** All machines of the room: packets name their sender by its place here. */
  names: readonly string[];
  /** One measurement alone begins when the one before has ended. */
  turn: Promise<void>;
}

export function newNetworkTrials(): NetworkTrials {
  return {
    id: randomBytes(6).toString('hex'),
    token: randomBytes(16).toString('hex'),
    listening: new Map(),
    tried: new Map(),
    counted: new Map(),
    speeds: [],
    sources: [],
    untried: [],
    names: [],
    turn: Promise.resolve(),
  };
}
