import { triedIn } from '../network/ways.js';
import type { Finding } from '../finding.js';
import type { Sight } from '../sight.js';
import { firewallVerdicts } from './network-firewall.js';
import { latencyVerdicts } from './network-latency.js';
import { lossVerdicts } from './network-loss.js';
import { mtuVerdicts } from './network-mtu.js';
import { reachVerdicts } from './network-reach.js';
import { speedVerdicts } from './network-speed.js';
import { finding, someOf } from './verdict.js';

/** What the trials of the network came to. Each cause gives one finding, however many pairs of machines feel it. */
export function networkVerdicts(sight: Sight): readonly Finding[] {
  if (sight.network === undefined) return [];
  const tried = triedIn(sight, sight.network);
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
