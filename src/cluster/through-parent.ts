import type { Reader, Runner } from '../runner/runner.js';
import { ADMIN_KUBECONFIG, toolPaths } from '../tools/paths.js';
import type { ClusterReader, ClusterRunner } from './cluster-runner.js';

/** The room's cluster: kubectl and helm on the parent, with kubeadm's own kubeconfig. The owner's are never used. */
export function throughParent(parent: Runner, supply: { readonly programFolder: string }): ClusterRunner {
  return {
    ...readThroughParent(parent, supply),
    dryRun: parent.dryRun,
    attempt: (command) => parent.attempt(command),
    mutate: (intent, command, stage) => parent.mutate(intent, command, stage),
  };
}

/** The same for whoever only looks. */
export function readThroughParent(parent: Reader, supply: { readonly programFolder: string }): ClusterReader {
  const { kubectl, helm } = toolPaths(supply);
  return {
    machine: parent.machine,
    kubectl: { binary: kubectl, kubeconfig: ADMIN_KUBECONFIG },
    helm: { binary: helm, kubeconfig: ADMIN_KUBECONFIG },
    query: (command) => parent.query(command),
  };
}
