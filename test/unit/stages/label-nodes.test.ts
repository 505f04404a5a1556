import { expect, it } from 'vitest';
import { labelNodes } from '../../../src/stages/cluster/label-nodes.js';
import { OTHER } from '../../support/sample-room.js';
import { asksNodes } from './answers.js';
import { play } from './stage-run.js';

it('labels by role alone where there is no team', async () => {
  const worker = { name: 'pc-12', labels: { 'node-role.kubernetes.io/worker': '' } };
  expect((await play(labelNodes, { parent: [asksNodes(worker)] }, { machine: OTHER })).outcome).toBe(
    'unchanged',
  );
});
