import { describe, it } from 'vitest';
import { SYSTEM_CASES } from './half-way-cases.js';
import { HalfWayTrial } from './half-way-trial.js';
import { canBePrivate } from './private-machine.js';

// Beside half-way.test.ts, which has all that is about files.
describe.skipIf(!canBePrivate)('a change of the system that fails half-way', () => {
  it.each(SYSTEM_CASES.map((c) => [c.about, c] as const))(
    'leaves nothing of %s, and is not taken for done',
    { timeout: 240_000 },
    (_about, it_) => HalfWayTrial.everywhere(it_),
  );
});
