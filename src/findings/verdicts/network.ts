import { allMachines } from '../../room/room.js';
import { triedIn } from '../ways.js';
import type { NetworkProof } from '../../trial/network-proof.js';
import type { Finding } from '../finding.js';
import type { Sight } from '../sight.js';
import { firewallVerdicts } from './network-firewall.js';
import { latencyVerdicts } from './network-latency.js';
import { lossVerdicts } from './network-loss.js';
import { mtuVerdicts } from './network-mtu.js';
import { reachVerdicts } from './network-reach.js';
import { speedVerdicts } from './network-speed.js';
import { takenPorts } from './ports.js';
import { finding, someOf } from './verdict.js';

/** What the trials of the network came to. Each cause gives one finding, however many pairs of machines feel it. */
export function networkVerdicts(sight: Sight): readonly Finding[] {
  if (sight.network === undefined) return [];
  const tried = triedIn(sight, withoutTaken(sight, sight.network));
  return [
    ...reachVerdicts(tried),
    ...firewallVerdicts(tried),
    ...lossVerdicts(tried),
    ...latencyVerdicts(tried),
    ...mtuVerdicts(tried),
    ...speedVerdicts(tried),
    ...untriedNotes(sight),
  ];
}

/**
 * A program of somebody else's that has the port may be too busy to answer, or choose whom it answers: its silence proves nothing of the
 * network. That the port is taken is a finding of its own, and the port is tried again when it is free.
 */
function withoutTaken(sight: Sight, proof: NetworkProof): NetworkProof {
  const taken = new Set(
    allMachines(sight.config.room).flatMap((machine) => {
      const facts = sight.factsOf.get(machine.name);
      if (facts === undefined) return [];
      return takenPorts(sight.config, machine, facts).map(({ port }) => `${machine.name} ${port.port}`);
    }),
  );
  const tells = (t: NetworkProof['ports'][number]): boolean =>
    t.outcome === 'open' || !taken.has(`${t.to} ${t.port}`);
  return { ...proof, ports: proof.ports.filter(tells) };
}

/** What could not be tried for the same reason is said once. */
function untriedNotes(sight: Sight): readonly Finding[] {
  const untried = sight.network?.untried ?? [];
  const keys = [...new Set(untried.map(({ what, because }) => `${what} could not be tried: ${because}`))];
  return keys.map((evidence) => {
    const names = untried
      .filter(({ what, because }) => `${what} could not be tried: ${because}` === evidence)
      .map(({ machine }) => machine);
    const { parent, children } = sight.config.room;
    const one = names.length === 1 ? [parent, ...children].find((m) => m.name === names[0]) : undefined;
    return finding('K-NET-UNPROVEN', 'note', one, {
      evidence: one === undefined ? `${evidence} (${someOf(names)})` : evidence,
      remedy: 'remove the reason and run `kmon check` again',
    });
  });
}
