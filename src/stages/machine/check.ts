import type { Finding } from '../../findings/index.js';
import { verdicts } from '../../findings/all-verdicts.js';
import { blocked, here, lookingStage, onParent, satisfied } from '../../engine/stage.js';
import type { After } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { clusterThere } from '../cluster/cluster-there.js';
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
    const [first, ...others] = found.filter((f) => f.severity === 'stops');
    if (first === undefined) {
      const notes = found.filter(hurts).length;
      return satisfied(notes === 0 ? 'nothing in the way' : `${notes} notes`);
    }
    const more = others.map((f) => `${f.evidence}: ${f.remedy}`);
    return blocked(
      new KmonError('precondition', first.evidence, {
        hint: first.remedy,
        ...(more.length === 0 ? {} : { evidence: `also: ${more.join('; also: ')}` }),
      }),
    );
  },
});

/** Before anything is changed: the machine has been checked, and the parent, without which there is no room. */
export const CHECKED: readonly After[] = [...here(check), ...onParent(check)];

function hurts({ severity }: Finding): boolean {
  return severity === 'hurts';
}
