import { describe, expect, it } from 'vitest';
import { parseNodes, parseReadyz, parseRollout } from '../../../src/tools/kubernetes-objects.js';
import { result } from './results.js';

const node = (
  name: string,
  status: string | undefined,
  more: object = {},
  pressure: 'True' | 'False' = 'False',
): object => ({
  metadata: {
    name,
    creationTimestamp: '2026-01-02T03:04:05Z',
    labels: { 'node-role.kubernetes.io/control-plane': '', a: 'b' },
  },
  spec: { podCIDR: '10.244.1.0/24', ...more },
  status: {
    addresses: [
      { type: 'Hostname', address: name },
      { type: 'InternalIP', address: '10.9.0.11' },
    ],
    conditions: [
      { type: 'MemoryPressure', status: 'False' },
      { type: 'DiskPressure', status: pressure },
      ...(status === undefined ? [] : [{ type: 'Ready', status, message: 'cni plugin not initialized' }]),
    ],
    nodeInfo: { kubeletVersion: 'v1.36.3' },
  },
});

describe('parseNodes', () => {
  it('reads a ready node', () => {
    expect(parseNodes(result({ items: [node('p', 'True')] }))).toEqual([
      {
        name: 'p',
        state: 'ready',
        cordoned: false,
        pressures: [],
        internalIp: '10.9.0.11',
        roles: ['control-plane'],
        labels: { 'node-role.kubernetes.io/control-plane': '', a: 'b' },
        kubeletVersion: 'v1.36.3',
        podCidr: '10.244.1.0/24',
        createdAt: '2026-01-02T03:04:05Z',
      },
    ]);
  });

  it('says why a node is not ready, and that it is cordoned', () => {
    const [n] = parseNodes(result({ items: [node('c', 'False', { unschedulable: true })] }));
    expect(n).toMatchObject({ state: 'not-ready', because: 'cni plugin not initialized', cordoned: true });
  });

  it('tells what is short on a node', () => {
    const [n] = parseNodes(result({ items: [node('c', 'True', {}, 'True')] }));
    expect(n).toMatchObject({ state: 'ready', pressures: ['DiskPressure'] });
  });

  it.each(['Unknown', undefined])('calls a node with Ready %s unknown', (status) => {
    expect(parseNodes(result({ items: [node('c', status)] }))[0]?.state).toBe('unknown');
  });

  it('takes an empty list, also printed as null', () => {
    expect(parseNodes(result({ items: [] }))).toEqual([]);
    expect(parseNodes(result({ items: null }))).toEqual([]);
  });

  it('refuses what is no list', () => {
    expect(() => parseNodes(result({ items: 'x' }))).toThrow('no list of nodes');
    expect(() => parseNodes(result('<html>'))).toThrow(expect.objectContaining({ evidence: '<html>' }));
  });
});

describe('parseRollout', () => {
  const daemons = (status: object): object => ({ metadata: { generation: 2 }, status });

  it('is done when every wanted pod is new and ready', () => {
    const status = {
      observedGeneration: 2,
      desiredNumberScheduled: 3,
      numberReady: 3,
      updatedNumberScheduled: 3,
    };
    expect(parseRollout(result(daemons(status)))).toEqual({ state: 'done', wanted: 3, ready: 3 });
    for (const less of [{ observedGeneration: 1 }, { numberReady: 2 }, { updatedNumberScheduled: 2 }])
      expect(parseRollout(result(daemons({ ...status, ...less }))).state).toBe('under-way');
  });

  it('reads deployments, where zero is left out', () => {
    const object = { metadata: { generation: 1 }, spec: { replicas: 1 }, status: { observedGeneration: 1 } };
    expect(parseRollout(result(object))).toEqual({ state: 'under-way', wanted: 1, ready: 0 });
    const ready = { ...object, status: { observedGeneration: 1, readyReplicas: 1, updatedReplicas: 1 } };
    expect(parseRollout(result(ready)).state).toBe('done');
  });

  it('tells absence from failure', () => {
    const stderr = 'Error from server (NotFound): daemonsets.apps "x" not found';
    expect(parseRollout(result('', { exitCode: 1, stderr }))).toEqual({ state: 'absent' });
    expect(() => parseRollout(result('', { exitCode: 1, stderr: 'connection refused' }))).toThrow(
      expect.objectContaining({ evidence: 'connection refused' }),
    );
  });
});

describe('parseReadyz', () => {
  it('names the failing checks', () => {
    expect(parseReadyz(result('[+]ping ok\nreadyz check passed'))).toEqual({ ready: true, failing: [] });
    const stderr = '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\nError from server: x';
    expect(parseReadyz(result('', { exitCode: 1, stderr }))).toEqual({ ready: false, failing: ['etcd'] });
  });

  it('keeps what kubectl says when nobody answers', () => {
    const stderr =
      'The connection to the server 10.9.0.10:6443 was refused - did you specify the right host?';
    expect(parseReadyz(result('', { exitCode: 1, stderr }))).toEqual({ ready: false, failing: [stderr] });
  });
});
