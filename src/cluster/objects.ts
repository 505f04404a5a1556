import { reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import type { Secret } from '../shell/secret.js';
import { apiPath, applyManifest, diffManifest, getRaw } from '../tools/kubectl.js';
import type { ClusterReader } from './cluster-runner.js';

/** Whether an apply of the manifest would change anything. Changes nothing. */
export async function objectsDiffer(cluster: ClusterReader, manifest: string): Promise<boolean> {
  return (await cluster.query(diffManifest(cluster.kubectl, manifest))).exitCode === 1;
}

/** Makes the objects what the manifest says, whoever owned those fields before. */
export function applyObjects(cluster: ClusterReader, manifest: string | Secret): Command<'changes'> {
  return applyManifest(cluster.kubectl, manifest);
}

/** Whether a Secret is there; what is in it is not read. */
export async function isSecretThere(
  cluster: ClusterReader,
  namespace: string,
  name: string,
): Promise<boolean> {
  const path = apiPath('api', 'v1', 'namespaces', namespace, 'secrets', name);
  const look = reads`${getRaw(cluster.kubectl, path)} >/dev/null 2>&1`;
  return (await cluster.query(withOptions(look, { ok: 'any' }))).exitCode === 0;
}
