import { KmonError } from '../../errors/kmon-error.js';
import { apiPath, getNamespaces } from '../../tools/kubectl.js';
import { parseNamespaces } from '../../tools/namespaces.js';
import type { Namespace } from '../../tools/namespaces.js';
import type { ClusterReader } from '../cluster-runner.js';
import { FENCE, lookAtFence } from './fence.js';
import type { Fence } from './fence.js';
import { CLUSTER_ROLE, KEYS_NAMESPACE, TEAM_LABEL } from './names.js';
import { isOurs, ownerOf } from './made-by.js';
import type { Owner } from './made-by.js';

/** What of the teams is in a cluster, whatever kmon.yaml says now. */
export interface Standing {
  /** Those that kmon made, by their namespaces. */
  readonly teams: readonly Namespace[];
  /** The namespace of their accounts, where it is kmon's. */
  readonly keys?: Namespace;
  readonly clusterRole: Owner;
  readonly binding: Owner;
  readonly fence: Fence;
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
    clusterRole: await ownerOfRole(cluster, 'clusterroles'),
    binding: await ownerOfRole(cluster, 'clusterrolebindings'),
    fence: await lookAtFence(cluster),
    others: namespaces.filter((n) => n !== keys && !teams.includes(n)),
  };
}

/** An API server without roles has none of anybody. */
async function ownerOfRole(cluster: ClusterReader, plural: string): Promise<Owner> {
  const path = apiPath('apis', 'rbac.authorization.k8s.io', 'v1', plural, CLUSTER_ROLE);
  const owner = await ownerOf(cluster, path);
  return owner === 'unserved' ? 'absent' : owner;
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
  if (standing.fence.policy === 'others' || standing.fence.binding === 'others')
    return new KmonError(
      'precondition',
      `there is an admission policy ${FENCE} already, and kmon did not make it`,
      {
        hint: 'rename or remove what has that name (validatingadmissionpolicy, validatingadmissionpolicybinding); nothing was changed',
      },
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
