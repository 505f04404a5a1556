import { allMachines } from '../../machines/room.js';
import type { Finding } from '../finding.js';
import type { Sight } from '../sight.js';
import { finding } from './verdict.js';

/** What is to be said about `sight.network`. */
export function networkVerdicts(sight: Sight): readonly Finding[] {
  return (sight.network?.untried ?? []).map(({ machine, what, because }) =>
    finding(
      'K-NET-UNPROVEN',
      'note',
      allMachines(sight.config.room).find((m) => m.name === machine),
      {
        evidence: `${what} could not be tried: ${because}`,
        remedy: 'remove the reason and run `kmon check` again',
      },
    ),
  );
}
