import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { giveMachinesBack } from '../../../src/stages/machine/give-back.js';
import { labelNodes } from '../../../src/stages/cluster/label-nodes.js';
import { leaveCluster } from '../../../src/stages/cluster/leave-cluster.js';
import { podNetwork, podRoutes } from '../../../src/stages/cluster/network.js';
import { lookAtRoom } from '../../../src/stages/cluster/status.js';
import type { Sight } from '../../../src/stages/cluster/status.js';
import { OTHER, PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import {
  asksMetrics,
  asksNodes,
  asksSilentPrometheus,
  clusterAbsent,
  clusterReady,
  clusterSilent,
} from './answers.js';
import { forwarding, ledgerOf } from './scenarios-teardown.js';
import { play } from './stage-run.js';
import { looksAt } from './things.js';

const config = { kubernetes: { ...DEFAULTS.kubernetes, network: 'routes' as const } };
const parent = { name: 'pc-10', podCidr: '10.244.0.0/24', address: '192.0.2.10' };

describe('the pod network', () => {
  it('waits for the ranges that the cluster gives, and says when it gives none', async () => {
    const without = asksNodes(parent, { name: 'pc-11', address: '192.0.2.11' });
    const { error } = await play(
      podNetwork('children'),
      { parent: Array<Step>(31).fill(without) },
      { config },
    );
    expect(error).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('no pod address range') as string,
    });
  });

  it('fails when the cluster does not know the node', async () => {
    const { error } = await play(podNetwork('children'), { parent: [asksNodes(parent)] }, { config });
    expect(error).toMatchObject({ code: 'not-verified', message: 'the cluster does not know the node' });
  });

  it.each([
    ['parent' as const, PARENT, 'kmon init-parent'],
    ['children' as const, OTHER, 'kmon join-child --only pc-12'],
  ])('tells the %s what the kubelet says when the node does not get Ready', async (on, machine, again) => {
    const nodes = asksNodes({ ...parent, ready: false }, { name: 'pc-12', ready: false });
    const diff = on === 'parent' ? [asks('diff --server-side')] : [];
    const looking = Array.from({ length: 120 }, () => [...diff, nodes]).flat();
    const notes = asks('ledger.jsonl');
    const apply = on === 'parent' ? [asks('diff --server-side')] : [];
    const settling = on === 'parent' ? [asks('diff --server-side')] : [];
    const part =
      on === 'parent'
        ? { parent: [...diff, nodes, notes, ...apply, ...settling, ...looking] }
        : { parent: [nodes, ...looking], child: [notes] };
    const { error } = await play(podNetwork(on), part, { machine });
    expect(error).toMatchObject({
      code: 'not-verified',
      message: 'node is not Ready: cni plugin not initialized',
      hint: expect.stringContaining(`\`${again}\``) as string,
    });
  });

  it('needs no routes where flannel makes the network', async () => {
    expect((await play(podRoutes, {}, { machine: PARENT })).outcome).toBe('unchanged');
  });
});

it('labels by role alone where there is no team', async () => {
  const worker = { name: 'pc-12', labels: { 'node-role.kubernetes.io/worker': '' } };
  expect((await play(labelNodes, { parent: [asksNodes(worker)] }, { machine: OTHER })).outcome).toBe(
    'unchanged',
  );
});

describe('leaving the cluster', () => {
  it.each([
    ['it is gone', clusterAbsent],
    ['it does not answer', clusterSilent],
    ['its machine is lost', [asks('admin.conf', new KmonError('connection-lost', 'gone'))]],
  ])('is nothing to do when %s', async (_, parent) => {
    expect(await play(leaveCluster, { parent })).toMatchObject({
      outcome: 'unchanged',
      because: 'there is no cluster that answers',
    });
  });

  it('deletes a node that cannot be drained, and says so', async () => {
    const played = await play(leaveCluster, {
      parent: [
        ...clusterReady,
        asksNodes({ name: 'pc-11', ready: 'unknown' }),
        does('drain pc-11', { exitCode: 1, stderr: 'error: unable to drain node' }),
        does('delete the node pc-11'),
        ...clusterReady,
        asksNodes(),
      ],
      child: [asks('ledger.jsonl')],
    });
    expect(played.outcome).toBe('changed');
    expect(played.events).toContainEqual(
      expect.objectContaining({ type: 'note', text: expect.stringContaining('not drained: ') as string }),
    );
  });
});

describe('giving back', () => {
  const ledger = ledgerOf([forwarding, { value: '0', others: {} }]);
  const noted = [asks('ledger.jsonl', ledger), asks('ledger.jsonl', ledger), asks('ledger.jsonl', ledger)];
  const back = giveMachinesBack('children');

  it('names what is not as found, keeps it in the ledger, and fails', async () => {
    const played = await play(back, {
      child: [
        ...noted,
        looksAt('value 1\n'),
        does('give back: sysctl net.ipv4.ip_forward', { exitCode: 1, stderr: 'the kernel does not take 0' }),
      ],
    });
    expect(played.error).toMatchObject({
      code: 'not-verified',
      message: '1 of 1 things are not as found',
      evidence: expect.stringContaining('sysctl net.ipv4.ip_forward: ') as string,
      hint: expect.stringContaining('kmon teardown') as string,
    });
  });

  it('leaves what somebody else changed since, and says so', async () => {
    const played = await play(back, {
      child: [
        ...noted,
        looksAt('value 7\n'),
        does('forget what is as found'),
        asks('ledger.jsonl'),
        asks('[ -d /var/lib/kmon ]'),
      ],
    });
    expect(played.outcome).toBe('changed');
    expect(played.events).toContainEqual({
      type: 'note',
      machine: 'pc-11',
      text: 'left as it is: sysctl net.ipv4.ip_forward (set to 7 since by somebody else)',
    });
  });

  it('removes an empty ledger that a crash left', async () => {
    const empty = asks('ledger.jsonl');
    const remains = asks('[ -d /var/lib/kmon ]', 'yes\n');
    const played = await play(back, {
      child: [
        empty,
        remains,
        empty,
        empty,
        remains,
        does('remove the empty ledger'),
        empty,
        asks('[ -d /var/lib/kmon ]'),
      ],
    });
    expect(played).toMatchObject({ outcome: 'changed', because: 'as found' });
  });
});

describe('status', () => {
  it('keeps what the cluster and Prometheus say, and changes nothing', async () => {
    const sight: Sight = {};
    const steps = [...clusterReady, asksNodes(parent), asksMetrics({ 'pc-10': 12 })];
    const played = await play(lookAtRoom(sight), { parent: steps }, { machine: PARENT });
    expect(played).toMatchObject({ outcome: 'unchanged', because: '1 nodes' });
    expect(sight.nodes?.map((n) => n.name)).toEqual(['pc-10']);
    expect(sight.metrics).toMatchObject({ kind: 'metrics' });
  });

  it('is no failure without a Prometheus, or without a cluster', async () => {
    const sight: Sight = {};
    await play(
      lookAtRoom(sight),
      { parent: [...clusterReady, asksNodes(parent), asksSilentPrometheus] },
      { machine: PARENT },
    );
    expect(sight.metrics).toMatchObject({ kind: 'silent' });
    const nothing: Sight = {};
    const played = await play(lookAtRoom(nothing), { parent: clusterSilent }, { machine: PARENT });
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'the control plane does not answer' });
    expect(nothing).toEqual({});
  });
});
