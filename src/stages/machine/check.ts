import type { Finding } from '../../findings/index.js';
import { verdicts } from '../../findings/all-verdicts.js';
import { blocked, here, lookingStage, onParent, satisfied } from '../../engine/stage.js';
import type { After } from '../../engine/stage.js';
import { clusterThere } from '../cluster/cluster-there.js';
import { inTheWay } from './in-the-way.js';
import { whose } from './whose.js';

/**
 * Judges the machine, and the room around it, by the facts alone. Never changes anything. A finding that stops the workshop blocks this
 * machine and no other; one that hurts is shown; what is merely good to know is left to `kmon check`.
 */
export const check = lookingStage<readonly Finding[]>({
  id: 'check',
  title: 'Check the machines',
  // Where a cluster is needed that is not there, no machine is made ready for it.
  after: [...here(whose), ...onParent(clusterThere)],
  on: 'all',
  look: async (c) => {
    const found = verdicts({
      config: c.config,
      factsOf: c.factsOf,
      unseen: [],
      supply: c.supply,
    }).filter((f) => f.machine === c.machine.name);
    for (const f of found.filter(hurts)) c.notice(`${f.evidence}: ${f.remedy}`);
    return found;
  },
  judge: (found) => {
    const stopped = inTheWay(found);
    if (stopped !== undefined) return blocked(stopped);
    const notes = found.filter(hurts).length;
    if (notes === 0) return satisfied('nothing in the way');
    return satisfied(notes === 1 ? '1 note' : `${notes} notes`);
  },
});

/** The machine has been checked, and the parent, without which there is no room. */
export const CHECKED: readonly After[] = [...here(check), ...onParent(check)];

function hurts({ severity }: Finding): boolean {
  return severity === 'hurts';
}
