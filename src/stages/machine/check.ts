import { verdicts } from '../../findings/verdicts.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Stage } from '../../engine/stage.js';
import { blocked, lookingStage, satisfied } from '../../engine/stage.js';

/**
 * Judges the machine, and the room around it, by the facts alone. Never changes anything. A finding that stops the workshop blocks this
 * machine and no other; one that hurts is shown; what is merely good to know is left to `kmon check`.
 */
export const check: Stage = lookingStage({
  id: 'check',
  title: 'Check the machines',
  after: ['whose'],
  on: 'all',
  probe: async (m) => {
    const found = verdicts({
      config: m.config,
      factsOf: m.factsOf,
      unseen: [],
      ...(m.bundle === undefined ? {} : { bundle: m.bundle }),
    }).filter((f) => f.machine === m.machine.name);
    const hurts = found.filter((f) => f.severity === 'hurts');
    for (const f of hurts) m.notice(`${f.evidence}: ${f.remedy}`);
    const [first, ...others] = found.filter((f) => f.severity === 'stops');
    if (first === undefined) {
      return satisfied(hurts.length === 0 ? 'nothing in the way' : `${hurts.length} notes`);
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
