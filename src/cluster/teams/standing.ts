import { KmonError } from '../../errors/kmon-error.js';
import { apiPath, getIfThere, getNamespaces } from '../../tools/kubectl.js';
import { parseForeignJson } from '../../tools/foreign-json.js';
import { parseNamespaces } from '../../tools/namespaces.js';
import type { Namespace } from '../../tools/namespaces.js';
import type { ClusterReader } from '../cluster-runner.js';
import { CLUSTER_ROLE, KEYS_NAMESPACE, TEAM_LABEL } from './names.js';

/** Who made an object. */
export const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** What of the teams is in a cluster, whatever kmon.yaml says now. */
export interface Standing {
  /** Those that kmon made, by their namespaces. */
  readonly teams: readonly Namespace[];
  /** The namespace of their accounts, where it is kmon's. */
  readonly keys?: Namespace;
  /** `ours`: kmon made it. */
  readonly clusterRole: 'ours' | 'others' | 'absent';
  readonly binding: 'ours' | 'others' | 'absent';
  /** Every namespace that is not kmon's for a team. */
  readonly others: readonly Namespace[];
}

/** Only looks. */
export async function lookAtStanding(cluster: ClusterReader): Promise<Standing> {
  const namespaces = parseNamespaces(await cluster.query(getNamespaces(cluster.kubectl)));
  const keys = namespaces.find((n) => n.name === KEYS_NAMESPACE && isOurs(n.labels));
  const teams = namespaces.filter((n) => isOurs(n.labels) && n.labels[TEAM_LABEL] === n.name);
  return {
    teams,
    ...(keys === undefined ? {} : { keys }),
    clusterRole: await ownerOf(cluster, 'clusterroles'),
    binding: await ownerOf(cluster, 'clusterrolebindings'),
    others: namespaces.filter((n) => n !== keys && !teams.includes(n)),
  };
}

function isOurs(labels: Readonly<Record<string, string>>): boolean {
  return labels[MANAGED_BY] === 'kmon';
}

async function ownerOf(cluster: ClusterReader, plural: string): Promise<Standing['clusterRole']> {
  const path = apiPath('apis', 'rbac.authorization.k8s.io', 'v1', plural, CLUSTER_ROLE);
  const { exitCode, stdout, stderr } = await cluster.query(getIfThere(cluster.kubectl, path));
  if (exitCode === 0)
    return isOurs(parseForeignJson(stdout, 'kubectl').at('metadata', 'labels').texts) ? 'ours' : 'others';
  if (/NotFound/.test(stderr)) return 'absent';
  throw new KmonError('command', 'kubectl could not read a role of the cluster', { evidence: stderr.trim() });
}

/** What somebody else has that these teams would need; nothing of it is touched. `undefined`: nothing is in the way. */
export function inTheWayOf(teams: readonly string[], standing: Standing): KmonError | undefined {
  const wanted = [...teams, KEYS_NAMESPACE];
  const taken = standing.others.filter(({ name }) => wanted.includes(name)).map(({ name }) => name);
  if (taken.length > 0)
    return new KmonError(
      'precondition',
      `there is a namespace ${taken.join(', ')} already, and kmon did not make ${taken.length === 1 ? 'it' : 'them'}`,
      { hint: 'give the team another name in kmon.yaml; nothing was changed' },
    );
  if (standing.clusterRole === 'others' || standing.binding === 'others')
    return new KmonError(
      'precondition',
      `there is a cluster role ${CLUSTER_ROLE} already, and kmon did not make it`,
      { hint: 'rename or remove what has that name (clusterrole, clusterrolebinding); nothing was changed' },
    );
  const going = [...standing.teams, ...(standing.keys === undefined ? [] : [standing.keys])].filter(
    ({ name, ending }) => ending && wanted.includes(name),
  );
  if (going.length > 0)
    return new KmonError(
      'precondition',
      `the namespace ${going.map(({ name }) => name).join(', ')} is still being removed`,
      { hint: 'wait until it is gone (`kmon teams list`), and run the command again' },
    );
  return undefined;
}
