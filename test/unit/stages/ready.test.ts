import { expect, it } from 'vitest';
import { ready } from '../../../src/stages/cluster/ready.js';
import { OTHER, PARENT } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksNodes, hindered, settling } from './answers.js';
import { play } from './stage-run.js';

/** The pods of kube-system: of each its node, and what it says of its image. */
function pods(...of: readonly (readonly [node: string, message: string])[]): Step {
  const items = of.map(([nodeName, message], i) => ({
    metadata: { name: `kube-flannel-${i}`, namespace: 'kube-system' },
    spec: { nodeName },
    status: {
      phase: 'Pending',
      containerStatuses: [
        {
          name: 'flannel',
          image: 'ghcr.io/flannel-io/flannel:v1',
          state: { waiting: { reason: 'ImagePullBackOff', message } },
        },
      ],
    },
  }));
  return asks('/namespaces/kube-system/pods', JSON.stringify({ items }));
}

it.each([
  ['parent', PARENT, 'kmon init-parent'],
  ['children', OTHER, 'kmon join-child --only pc-12'],
])('tells the %s what the kubelet says when the node does not get Ready', async (_, machine, again) => {
  const nodes = asksNodes({ name: 'pc-10', ready: false }, { name: 'pc-12', ready: false });
  const { error } = await play(ready, { parent: [nodes, ...settling(120, [nodes]), pods()] }, { machine });
  expect(error).toMatchObject({
    code: 'not-verified',
    message: 'node is not Ready: cni plugin not initialized',
    hint: expect.stringContaining(`\`${again}\``) as string,
  });
});

it('tells what keeps the pods of its network from running, and not those of others', async () => {
  const nodes = asksNodes({ name: 'pc-11', ready: false }, { name: 'pc-12', ready: false });
  const refused = pods(['pc-12', 'Unauthorized'], ['pc-11', 'manifest unknown']);
  const { error } = await play(ready, { parent: [nodes, ...settling(120, [nodes]), refused] });
  expect(error).toMatchObject({
    message: 'pc-11 gets no image ghcr.io/flannel-io/flannel:v1: ghcr.io has no such image',
    evidence: 'manifest unknown',
  });
});

it('says when the cluster does not even know the node', async () => {
  const nodes = asksNodes({ name: 'pc-10' });
  const { error } = await play(ready, { parent: [nodes, ...settling(120, [nodes]), pods()] });
  expect(error).toMatchObject({ code: 'not-verified', message: 'the cluster does not know the node' });
});

it('gives up within seconds where the image of its own network is refused for good', async () => {
  const nodes = asksNodes({ name: 'pc-11', ready: false });
  const image = {
    image: 'ghcr.io/flannel-io/flannel:v1',
    said: 'x509: certificate signed by unknown authority',
  };
  const refused = hindered(
    { name: 'kube-flannel-1', node: 'pc-12', madeBy: 'DaemonSet', ...image },
    { name: 'kube-flannel-2', node: 'pc-11', madeBy: 'DaemonSet', ...image },
  );
  const { error } = await play(ready, { parent: [nodes, ...settling(6, [nodes], refused)] });
  expect(error?.message).toMatch(/^pc-11 gets no image ghcr\.io.*: who answers for ghcr\.io is signed by/);
  expect(error?.hint).toMatch(/have pc-11 trust its authority .* `kmon join-child --only pc-11` again/);
});
