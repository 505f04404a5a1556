import { expect, it } from 'vitest';
import { loadOutcomes } from '../../../src/cli/load-outcomes.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { constantLoad } from '../../support/sample-load.js';
import { stressStages } from '../../../src/stages/index.js';
import { CHILD } from '../../support/sample-room.js';

const run = stressStages({ load: constantLoad(80, 60), limit: { celsius: 80 } });
const HOT = 'at 81 °C, the limit is 80 °C';
const GONE = new KmonError('connection-lost', 'the connection was lost');

it.each([
  [{ over: true }, undefined, { end: 'over', why: 'as planned' }],
  [{ over: true, cutOff: HOT }, undefined, { end: 'cut-off', why: HOT }],
  // It was to be stopped, and nobody knows that it was.
  [
    { over: false, cutOff: HOT },
    GONE,
    { end: 'failed', why: `${HOT}, but it could not be stopped: the connection was lost` },
  ],
  [{ over: false }, GONE, { end: 'failed', why: 'the connection was lost' }],
] as const)('a load that was seen as %j ended so', (last, error, end) => {
  const seen = new SeenByStage();
  seen.keep(run.loading, CHILD.name, { ...last, phases: [], moments: { before: 1 } });
  const setAside = error === undefined ? [] : [{ machine: CHILD.name, error }];
  const report = { command: 'stress', dryRun: false, rows: [], seen, setAside };
  expect(loadOutcomes([CHILD], report, run)).toMatchObject([{ machine: CHILD.name, ...end }]);
});
