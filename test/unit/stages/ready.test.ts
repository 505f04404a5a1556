import { expect, it } from 'vitest';
import { ready } from '../../../src/stages/cluster/ready.js';
import { OTHER, PARENT } from '../../support/sample-room.js';
import { asksNodes } from './answers.js';
import { play } from './stage-run.js';

it.each([
  ['parent', PARENT, 'kmon init-parent'],
  ['children', OTHER, 'kmon join-child --only pc-12'],
])('tells the %s what the kubelet says when the node does not get Ready', async (_, machine, again) => {
  const nodes = asksNodes({ name: 'pc-10', ready: false }, { name: 'pc-12', ready: false });
  const { error } = await play(ready, { parent: Array.from({ length: 122 }, () => nodes) }, { machine });
  expect(error).toMatchObject({
    code: 'not-verified',
    message: 'node is not Ready: cni plugin not initialized',
    hint: expect.stringContaining(`\`${again}\``) as string,
  });
});

it('says when the cluster does not even know the node', async () => {
  const nodes = asksNodes({ name: 'pc-10' });
  const { error } = await play(ready, { parent: Array.from({ length: 122 }, () => nodes) });
  expect(error).toMatchObject({ code: 'not-verified', message: 'the cluster does not know the node' });
});
