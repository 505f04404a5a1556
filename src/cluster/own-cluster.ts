import { join } from 'node:path';

/** By what a cluster can be made on this computer, the one that is taken first in front. */
export const LOCAL_TOOLS = ['kind', 'minikube'] as const;
export type LocalTool = (typeof LOCAL_TOOLS)[number];

/** A cluster on this computer that kmon makes itself (`kmon solo`). */
export interface OwnCluster {
  readonly tool: LocalTool;
  /** As the tool knows it. */
  readonly name: string;
  /** As its kubeconfig knows it. */
  readonly context: string;
  /** A kubeconfig of its own: the user's is neither read nor written. Absolute, as all of these. */
  readonly kubeconfig: string;
  /** Where is noted that it is kmon's; see `OwnRecord`. */
  readonly record: string;
  /** What kind is told to make. */
  readonly description: string;
}

/** What it is called, by both tools. */
export const SOLO = 'kmon-solo';

/** The context that a tool makes for it. */
export function soloContext(tool: LocalTool): string {
  return tool === 'kind' ? `kind-${SOLO}` : SOLO;
}

/** @param stateDir of its context; absolute */
export function ownCluster(tool: LocalTool, stateDir: string): OwnCluster {
  return {
    tool,
    name: SOLO,
    context: soloContext(tool),
    kubeconfig: join(stateDir, 'kubeconfig'),
    record: join(stateDir, 'solo.json'),
    description: join(stateDir, 'kind.yaml'),
  };
}
