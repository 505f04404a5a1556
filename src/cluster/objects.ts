import { KmonError } from '../errors/kmon-error.js';
import { reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import type { Secret } from '../shell/secret.js';
import { apiPath, applyManifest, diffManifest, getRaw } from '../tools/kubectl.js';
import type { ClusterReader } from './cluster-runner.js';

/**
 * Whether an apply of the manifest would change anything. Changes nothing. Where their namespace or their kind is not there yet, which comes
 * before them, none of the objects are.
 */
export async function objectsDiffer(cluster: ClusterReader, manifest: string): Promise<boolean> {
  const asked = withOptions(diffManifest(cluster.kubectl, manifest), { ok: 'any' });
  const { exitCode, stderr } = await cluster.query(asked);
  if (exitCode === 0) return false;
  if (exitCode === 1 || /namespaces "[^"]*" not found|no matches for kind/.test(stderr)) return true;
  throw new KmonError('command', 'kubectl could not compare what is in the cluster with what should be', {
    evidence: stderr.trim().split('\n').at(-1) ?? '',
  });
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
