import { CHAPTERS } from '../../src/findings/index.js';
import type { Finding } from '../../src/findings/index.js';
import type { Sight } from '../../src/findings/sight/sight.js';

/** What is said of the trials of the network alone. */
export function networkVerdicts(sight: Sight): readonly Finding[] {
  return CHAPTERS.filter(({ title }) => title === 'The network, proven').flatMap(({ subjects }) =>
    subjects.flatMap<Finding>((s) => s.ofRoom.flatMap<Finding>((verdict) => verdict(sight))),
  );
}
