import type { Trial } from '../../engine/stage.js';
import { here, onParent } from '../../engine/stage.js';
import { tryFromPod } from '../../trial/pods/pods-trial.js';
import type { FromPod } from '../../trial/pods/pods-trial.js';
import { monitoring } from './addons.js';
import { nodeRoute } from './pod-network.js';
import { ready } from './ready.js';

/**
 * The gate of a machine that joins: a pod on it resolves a name and reaches a Service, which Ready does not say. What could not be tried is
 * told, and keeps nobody out.
 */
export const podsReach: Trial<FromPod> = {
  id: 'pods-reach',
  title: 'Try the network from a pod',
  // Not beside the joins and what the monitoring starts: nobody waits for the proof, and everybody for these.
  after: [...here(ready, nodeRoute), ...onParent(...monitoring)],
  on: 'all',
  tryOut: async (c) => {
    const tried = await tryFromPod(c);
    if (tried.state === 'untried')
      c.notice(`whether pods on ${c.machine.name} reach others is not proven: ${tried.because}`);
    return tried;
  },
  inWords: (tried) =>
    tried.state === 'untried'
      ? `could not be tried: ${tried.because}`
      : 'a pod resolves names and reaches services',
  fails: (tried) => (tried.state === 'fails' ? tried.error : undefined),
};
