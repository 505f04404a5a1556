import { describe, expect, it } from 'vitest';
import type { ClusterReader } from '../../../src/cluster/cluster-runner.js';
import { notRolledOut } from '../../../src/cluster/rollout.js';
import type { RolloutKind } from '../../../src/tools/kubectl.js';

function clusterThatSays(object: object): ClusterReader {
  const kubeconfig = '/etc/kubernetes/admin.conf';
  return {
    machine: 'pc-10',
    kubectl: { binary: 'kubectl', kubeconfig },
    helm: { binary: 'helm', kubeconfig },
    query: async () => ({ exitCode: 0, stdout: JSON.stringify(object), stderr: '', durationMs: 1 }),
  };
}

const waited = (kind: RolloutKind, object: object): Promise<string | undefined> =>
  notRolledOut(clusterThatSays(object), [{ kind, namespace: 'monitoring', name: 'it' }]);

describe('a workload whose pods are waited for', () => {
  it.each(['deployments', 'statefulsets'] as const)(
    'is not there while its new pod is to come, though the old one still answers: %s',
    async (kind) => {
      const metadata = { generation: 2 };
      const old = { readyReplicas: 1, updatedReplicas: 1, observedGeneration: 1 };
      expect(await waited(kind, { metadata, spec: { replicas: 1 }, status: old })).toBe('it: 1 of 1 ready');
      const going = { readyReplicas: 0, observedGeneration: 2 };
      expect(await waited(kind, { metadata, spec: { replicas: 1 }, status: going })).toBe('it: 0 of 1 ready');
      const done = { ...old, observedGeneration: 2 };
      expect(await waited(kind, { metadata, spec: { replicas: 1 }, status: done })).toBeUndefined();
    },
  );

  it('is there for every machine once it is there at all', async () => {
    const status = { desiredNumberScheduled: 3, numberReady: 1, updatedNumberScheduled: 3 };
    expect(await waited('daemonsets', { status })).toBeUndefined();
  });
});
