import { KmonError } from '../../errors/kmon-error.js';
import { parseForeignJson } from '../../tools/foreign-json.js';
import { getIfThere } from '../../tools/kubectl.js';
import type { ClusterReader } from '../cluster-runner.js';

/** Who made an object. */
export const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** Whose an object is. `ours`: kmon made it. */
export type Owner = 'ours' | 'others' | 'absent';

export function isOurs(labels: Readonly<Record<string, string>>): boolean {
  return labels[MANAGED_BY] === 'kmon';
}

/** Whose the object at a path of the API is; `unserved`: this API server does not know such objects at all. */
export async function ownerOf(cluster: ClusterReader, path: string): Promise<Owner | 'unserved'> {
  const { exitCode, stdout, stderr } = await cluster.query(getIfThere(cluster.kubectl, path));
  if (exitCode === 0)
    return isOurs(parseForeignJson(stdout, 'kubectl').at('metadata', 'labels').texts) ? 'ours' : 'others';
  if (/could not find the requested resource/.test(stderr)) return 'unserved';
  if (/NotFound/.test(stderr)) return 'absent';
  throw new KmonError('command', `kubectl could not read ${path}`, { evidence: stderr.trim() });
}
