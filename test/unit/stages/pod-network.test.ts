import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { nodeRoute, peerRoutes, podNetwork } from '../../../src/stages/cluster/pod-network.js';
import { CHILD, OTHER, PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksNodes } from './answers.js';
import { plannedIn, play } from './stage-run.js';
import { looks } from './things.js';

const config = { kubernetes: { ...DEFAULTS.kubernetes, network: 'routes' as const } };
const parent = { name: 'pc-10', podCidr: '10.244.0.0/24', address: '192.0.2.10' };
const child = { name: 'pc-11', podCidr: '10.244.1.0/24', address: '192.0.2.11' };
const other = { name: 'pc-12', podCidr: '10.244.2.0/24', address: '192.0.2.12' };

describe('the pod network', () => {
  it('waits for the ranges that the cluster gives, and says when it gives none', async () => {
    const without = asksNodes(parent, { name: 'pc-11', address: '192.0.2.11' });
    const { error } = await play(podNetwork, { parent: Array<Step>(31).fill(without) }, { config });
    expect(error).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('no pod address range') as string,
    });
  });

  it('fails when the cluster does not know the node', async () => {
    const { error } = await play(podNetwork, { parent: [asksNodes(parent)] }, { config });
    expect(error).toMatchObject({ code: 'not-verified', message: 'the cluster does not know the node' });
  });

  it('gives the parent its routes back to the children that joined earlier, and leaves those of this run to them', async () => {
    const part = { parent: [asksNodes(parent, child, other), looks('bare')] };
    const setting = { config, machine: PARENT, about: [PARENT, CHILD], dryRun: true };
    expect(plannedIn(await play(podNetwork, part, setting))).toEqual([
      'write /etc/kmon/cni/net.d/10-kmon.conflist',
      'refuse packets for pods that are gone',
      'keep the pod network for the next start',
      'route to the pods of pc-12',
      'keep the way to pc-12 for the next start',
      'write /etc/systemd/system/kmon-pod-network.service',
      'enable kmon-pod-network.service',
    ]);
  });

  it('is noted and changed on the parent where a child needs a route there', async () => {
    const part = {
      parent: [
        asksNodes(parent, child),
        looks('bare'),
        asks('ledger.jsonl'),
        does('note how 2 things was before'),
        does('route to the pods of pc-11'),
        does('keep the way to pc-11 for the next start'),
        looks('done'),
      ],
    };
    expect((await play(nodeRoute, part, { config })).outcome).toBe('changed');
  });

  it.each([
    ['pod-network', podNetwork, PARENT],
    ['pod-network', podNetwork, CHILD],
    ['node-route', nodeRoute, CHILD],
    ['peer-routes', peerRoutes, OTHER],
  ])('asks nobody where flannel makes it: %s', async (_, stage, machine) => {
    expect((await play(stage, {}, { machine })).outcome).toBe('unchanged');
  });
});
