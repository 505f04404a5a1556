import { PORTS } from '../room/ports.js';
import { proofOf } from './proof.js';
import type { NetworkProof } from './network-proof.js';
import type { Stage } from '../engine/stage.js';
import { openPorts, stopListening } from './listen.js';
import { measureAlone, measureTogether } from './measure.js';
import type { NetworkTrials } from './seen.js';
import type { SourceHosts } from './sources.js';
import { tryWays } from './try.js';

export { newNetworkTrials, type NetworkTrials } from './seen.js';

/**
 * The stages that prove the network of the room, in order; each waits for all machines. They keep what they see in `trials`: a trial that
 * fails is something seen and no failure. A machine without perl is left out and said so. Nothing stays on a machine, not even when
 * kmon is killed meanwhile: what listens there ends by itself.
 */
export function networkStages(trials: NetworkTrials, sourceHosts: SourceHosts): readonly Stage[] {
  return [
    openPorts(trials),
    tryWays(trials, sourceHosts),
    measureTogether(trials),
    measureAlone(trials),
    stopListening(trials),
  ];
}

/** What the stages have seen until now. */
export function networkProof(trials: NetworkTrials): NetworkProof {
  return proofOf(trials, PORTS.overlay.port);
}
