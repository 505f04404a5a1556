import { quote } from '../shell/quote.js';
import type { Runner } from '../runner/runner.js';
import type { Helm } from '../tools/helm.js';
import type { Kubectl } from '../tools/kubectl.js';
import type { OwnCluster } from './own-cluster.js';

/** What is needed to look at a cluster: whoever holds only this can change nothing there. */
export interface ClusterReader extends Pick<Runner, 'machine' | 'query'> {
  readonly kubectl: Kubectl;
  readonly helm: Helm;
  /** The kubeconfig context that leads to it from this computer; absent: the cluster is the room's, and is asked on its parent. */
  readonly context?: string;
  /** It is one that kmon makes itself on this computer, and the context is in a kubeconfig of its own. */
  readonly own?: OwnCluster;
}

/** The cluster as a place: commands run where kubectl and helm are that lead to it. In a dry run changes are recorded and not made. */
export interface ClusterRunner extends ClusterReader, Runner {}

/** A command of kmon's, as it is typed for this very cluster. */
export function typedFor({ context, own }: Pick<ClusterReader, 'context' | 'own'>, command: string): string {
  if (context === undefined) return command;
  if (own === undefined) return `${command} --context ${quote(context)}`;
  // Its monitoring is what that command is for.
  if (command === 'kmon deploy-monitoring' || command === 'kmon solo') return 'kmon solo';
  return `KUBECONFIG=${quote(own.kubeconfig)} ${command} --context ${quote(context)}`;
}

/** Who asks a cluster together with others: what several ask at the same time is asked once. */
export interface ClusterAsker {
  readonly cluster: ClusterReader;
  /** Calls with the same key within `ttlMs` share one answer. */
  shared<T>(key: string, ttlMs: number, ask: () => Promise<T>): Promise<T>;
}
