import { dryRunner } from '../runner/dry.js';
import { liveRunner } from '../runner/live.js';
import type { Trace } from '../runner/traced.js';
import { localTransport } from '../transport/local.js';
import type { Transport } from '../transport/transport.js';
import type { ClusterRunner } from './cluster-runner.js';
import type { OwnCluster } from './own-cluster.js';

export interface ContextOptions {
  /** Of the user's own kubeconfig: $KUBECONFIG, else ~/.kube/config. */
  readonly context: string;
  /** The context is in this cluster's own kubeconfig instead. */
  readonly own?: OwnCluster;
  readonly dryRun: boolean;
  readonly trace?: Trace;
  readonly signal?: AbortSignal;
  /** How commands run on this computer, unless a test says otherwise. */
  readonly transport?: Transport;
}

/**
 * Any cluster that is there already: kubectl and helm of this computer, found on the user's PATH, run as the user and never as root, with
 * the user's own kubeconfig, which is read and not changed. No machine of a room is asked for it.
 */
export function throughContext(options: ContextOptions): ClusterRunner {
  const { context, own, dryRun, transport = localTransport(context), ...rest } = options;
  const live = liveRunner({ ...rest, machine: context, transport, sudo: { mode: 'user' } });
  const run = dryRun ? dryRunner(live, options.trace) : live;
  const access = own === undefined ? { context } : { context, file: own.kubeconfig };
  return {
    machine: context,
    dryRun,
    context,
    ...(own === undefined ? {} : { own }),
    kubectl: { binary: 'kubectl', ...access },
    helm: { binary: 'helm', ...access },
    query: (command) => run.query(command),
    attempt: (command) => run.attempt(command),
    mutate: (intent, command, stage) => run.mutate(intent, command, stage),
  };
}
