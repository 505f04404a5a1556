import { allMachines } from '../../room/room.js';
import type { Sight } from '../sight/sight.js';
import { catalogue, subject } from '../subject.js';
import type { FindingOf } from '../subject.js';
import { someOf } from '../wording.js';

const { entries, finding } = catalogue({
  'K-NET-UNPROVEN': {
    title: 'A part of the network could not be tried',
    severities: ['note'],
    cause: 'what is needed for the trial is missing or in use',
    remedy: 'remove what is in the way of the trial and run `kmon check` again',
  },
});

/** What could not be tried for the same reason is said once. */
function untried(sight: Sight): readonly FindingOf<keyof typeof entries>[] {
  const all = (sight.network?.untried ?? []).map(({ machine, what, because }) => ({
    machine,
    evidence: `${what} could not be tried: ${because}`,
  }));
  return [...new Set(all.map((u) => u.evidence))].map((evidence) => {
    const names = all.filter((u) => u.evidence === evidence).map(({ machine }) => machine);
    const one =
      names.length === 1 ? allMachines(sight.config.room).find((m) => m.name === names[0]) : undefined;
    return finding('K-NET-UNPROVEN', 'note', one, {
      evidence: one === undefined ? `${evidence} (${someOf(names)})` : evidence,
      remedy: 'remove the reason and run `kmon check` again',
    });
  });
}

/** What the trial of the network did not come to. */
export const unproven = subject({ entries, ofRoom: [untried] });
