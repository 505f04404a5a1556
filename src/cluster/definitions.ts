import type { Command } from '../shell/command.js';
import { applyDefinitions as apply, getDefinitions } from '../tools/kubectl.js';
import { parseDefinitions } from '../tools/kubernetes-objects.js';
import type { ClusterReader } from './cluster-runner.js';

/** Kinds of object that are wanted, at a version. */
export interface WantedDefinitions {
  readonly names: readonly string[];
  readonly version: string;
}

/** The label that says of which version a definition of kmon's is. */
export const VERSION_LABEL = 'kmon/definitions';

/** Those that have to be applied: what is not there, and of kmon's own what is of another version. Somebody else's are left as they are. */
export async function definitionsToApply(
  cluster: ClusterReader,
  { names, version }: WantedDefinitions,
): Promise<readonly string[]> {
  const there = parseDefinitions(await cluster.query(getDefinitions(cluster.kubectl, names, VERSION_LABEL)));
  return names.filter((name) => {
    const found = there.find((d) => d.name === name);
    return found === undefined || (found.managedBy === 'kmon' && found.version !== version);
  });
}

/** Applies them, and waits until the API serves their kinds: what comes next may be of these. */
export function applyDefinitions(
  cluster: ClusterReader,
  names: readonly string[],
  manifest: string,
): Command<'changes'> {
  return apply(cluster.kubectl, names, manifest);
}
