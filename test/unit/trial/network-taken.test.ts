import { describe, expect, it } from 'vitest';
import { supplyFor } from '../../../src/artifacts/supply-for.js';
import type { PodNetwork } from '../../../src/config/config.js';
import type { Sight } from '../../../src/findings/sight/sight.js';
import { networkTaken } from '../../../src/findings/network/networks.js';
import { allMachines } from '../../../src/room/room.js';
import type { NetworkProof } from '../../../src/trial/network-proof.js';
import { networkVerdicts } from '../../support/network-verdicts.js';
import { sampleFacts } from '../../support/sample-room.js';
import { LINK, proofIn, roomOf } from './measured.js';

/** A room of three whose network is decided so, between which nothing gets to UDP 8472, and packets of pods do or do not. */
function sightOf(network: PodNetwork, arrived: number): Sight {
  const base = roomOf(2);
  const config = { ...base, kubernetes: { ...base.kubernetes, network } };
  const proof: NetworkProof = proofIn(config, { echo: () => ({ arrived: 0, answered: 0 }) });
  const factsOf = new Map(
    allMachines(config.room).map((m) => [m.name, sampleFacts(m, { links: [{ ...LINK, device: 'eth0' }] })]),
  );
  const foreign = proof.echoes.map(({ from, to }) => ({ from, to, sent: 5, arrived, direct: true }));
  return { config, supply: supplyFor(config), factsOf, unseen: [], network: { ...proof, foreign } };
}

const severities = (sight: Sight): readonly string[] => [
  ...new Set(networkVerdicts(sight).map(({ code, severity }) => `${code} ${severity}`)),
];

describe('a room whose network was left open', () => {
  it('is judged by the network that would be taken, and not by what stood in for it', () => {
    const sight = sightOf('vxlan', 5);
    expect(severities(sight)).toEqual(['K-FIREWALL stops']);
    const config = networkTaken(sight);
    expect(config.kubernetes.network).toBe('routes');
    expect(severities({ ...sight, config })).toEqual(['K-FIREWALL hurts']);
  });

  it('is judged as it was where none would work, or nothing was tried', () => {
    const sight = sightOf('vxlan', 0);
    expect(networkTaken(sight)).toBe(sight.config);
    const { network: _, ...untried } = sight;
    expect(networkTaken(untried)).toBe(untried.config);
  });
});
