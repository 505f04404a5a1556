import { changes, reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';
import { CREATION_MS, DELETION_MS } from './local-cluster.js';

/** The names of kind's clusters, a line each; see `parseKindClusters`. It asks docker, podman or nerdctl, whichever it finds. */
export function kindClusters(): Command<'reads'> {
  return withOptions(reads`kind get clusters`, { ok: 'any' });
}

/** Where there are none kind says so on stderr, and nothing on stdout. */
export function parseKindClusters({ stdout }: Pick<ExecResult, 'stdout'>): readonly string[] {
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The kubeconfig of a cluster as its control plane has it; fails where its container does not run. */
export function kindKubeconfig(name: string): Command<'reads'> {
  return withOptions(reads`kind get kubeconfig --name ${name}`, { ok: 'any' });
}

/**
 * The authority of the (one) cluster in a kubeconfig, which no other cluster has: two kubeconfigs with the same one lead to the same cluster.
 * `undefined`: it names none.
 */
export function authorityIn(kubeconfig: string): string | undefined {
  return /^\s*certificate-authority-data:\s*(\S+)\s*$/m.exec(kubeconfig)?.[1];
}

/**
 * Makes a cluster as a configuration file says (kind.x-k8s.io/v1alpha4), and waits until its control plane is Ready. Its entry goes into
 * `kubeconfig` alone. What fails is removed by kind itself; `record` goes with it where nothing is left.
 */
export function kindCreate(o: {
  readonly name: string;
  readonly config: string;
  readonly kubeconfig: string;
  readonly record: string;
}): Command<'changes'> {
  return withOptions(
    changes`kind create cluster --name ${o.name} --config ${o.config} --kubeconfig ${o.kubeconfig} --wait 5m || {
  code=$?
  left=$(kind get clusters 2>/dev/null) || left=unknown
  case $left in *${o.name}*|unknown) ;; *) rm -f -- ${o.record} ;; esac
  exit "$code"
}`,
    { timeoutMs: CREATION_MS },
  );
}

/** Writes the entry of a cluster that runs into `kubeconfig` again. */
export function kindExport(o: { readonly name: string; readonly kubeconfig: string }): Command<'changes'> {
  return changes`kind export kubeconfig --name ${o.name} --kubeconfig ${o.kubeconfig}`;
}

/** Removes a cluster with its nodes; fine when there is none. Its entry goes out of `kubeconfig` alone. */
export function kindDelete(o: { readonly name: string; readonly kubeconfig: string }): Command<'changes'> {
  return withOptions(changes`kind delete cluster --name ${o.name} --kubeconfig ${o.kubeconfig}`, {
    timeoutMs: DELETION_MS,
  });
}
