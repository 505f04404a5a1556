import type { Runner } from '../runner/runner.js';
import { ADMIN_KUBECONFIG, toolPaths } from '../tools/paths.js';
import type { ClusterRunner } from './cluster-runner.js';

/** The room's cluster: kubectl and helm on the parent, with kubeadm's own kubeconfig. The owner's are never used. */
export function throughParent(parent: Runner, supply: { readonly programFolder: string }): ClusterRunner {
  const { kubectl, helm } = toolPaths(supply);
  return {
    machine: parent.machine,
    dryRun: parent.dryRun,
    kubectl: { binary: kubectl, kubeconfig: ADMIN_KUBECONFIG },
    helm: { binary: helm, kubeconfig: ADMIN_KUBECONFIG },
    query: (command) => parent.query(command),
    attempt: (command) => parent.attempt(command),
    mutate: (intent, command, stage) => parent.mutate(intent, command, stage),
  };
}
