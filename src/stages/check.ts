import { KmonError } from '../errors/kmon-error.js';
import type { Stage } from '../engine/stage.js';
import { blocked, satisfied } from '../engine/stage.js';
import { findings } from '../machines/findings.js';

/**
 * Looks at the machine and at the room around it. Never changes anything. A finding that stops the workshop blocks this machine and
 * no other; the rest is shown as notes.
 */
export const check: Stage = {
  id: 'check',
  title: 'Check the machines',
  after: [],
  on: 'all',
  settleMs: 0,
  outline: () => [],
  apply: async () => {},
  probe: async (m) => {
    const found = findings(m.config, m.factsOf, m.bundle).filter((f) => f.machine === m.machine.name);
    for (const f of found) if (f.severity !== 'stops') m.notice(`${f.evidence}: ${f.remedy}`);
    const stops = found.filter((f) => f.severity === 'stops');
    const first = stops[0];
    if (first === undefined)
      return satisfied(found.length === 0 ? 'nothing in the way' : `${found.length} notes`);
    const more = stops.slice(1).map((f) => `${f.evidence}: ${f.remedy}`);
    return blocked(
      new KmonError('precondition', first.evidence, {
        hint: first.remedy,
        ...(more.length === 0 ? {} : { evidence: `also: ${more.join('; also: ')}` }),
      }),
    );
  },
};
