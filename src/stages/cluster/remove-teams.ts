import { keptKubeconfigs, teamKubeconfig } from '../../cluster/teams/kubeconfig.js';
import { FENCE } from '../../cluster/teams/fence.js';
import { CLUSTER_ROLE, KEYS_NAMESPACE } from '../../cluster/teams/names.js';
import { lookAtStanding } from '../../cluster/teams/standing.js';
import type { Standing } from '../../cluster/teams/standing.js';
import type { Context, Stage } from '../../engine/stage.js';
import { onParent, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { isThere } from '../../here/private-files.js';
import { beginToDelete } from '../../tools/kubectl.js';
import type { Namespace } from '../../tools/namespaces.js';
import { removing } from './addon-parts.js';
import { clusterThere } from './cluster-there.js';

/**
 * Takes the teams away with all that is in their namespaces, or one of them: what kmon made, by its labels, also where kmon.yaml does not name it any
 * more. Accounts go first, so that nothing is made anew meanwhile; what opens them on this computer goes last.
 */
export function teamsRemoval(only?: string): readonly [Stage<Standing>, Stage<readonly string[]>] {
  const removal: Stage<Standing> = {
    id: 'remove-teams',
    title: 'Take the teams away',
    after: onParent(clusterThere),
    on: 'cluster',
    // A pod has half a minute to end, and a namespace waits for its last one.
    settleMs: 120_000,
    look: ({ cluster }) => lookAtStanding(cluster),
    judge: (standing) => {
      const left = leftOf(standing, only);
      if (left.length > 0) return pending(`there is ${left.join(', ')}`);
      return satisfied(only === undefined ? 'there are none of kmon' : `there is no team ${only} of kmon`);
    },
    steps: (standing, c) => (only === undefined ? removingAll(standing, c) : removingOne(only, standing, c)),
  };
  return [removal, forgettingKeys(only, removal)];
}

function forgettingKeys(only: string | undefined, removal: Stage<Standing>): Stage<readonly string[]> {
  return {
    id: 'forget-team-keys',
    title: 'Forget the keys of the teams',
    after: onParent(removal),
    on: 'cluster',
    settleMs: 0,
    look: async ({ config }) => {
      if (only === undefined) return keptKubeconfigs(config);
      const file = teamKubeconfig(config, only);
      return (await isThere(file)) ? [file] : [];
    },
    judge: (files) =>
      files.length > 0 ? pending('they open nothing any more') : satisfied('there are none'),
    steps: (files) =>
      files.map((file) => ({ at: 'here', intent: `remove ${file} from this computer`, file })),
  };
}

/** Namespaces and roles that are there yet, in words. */
function leftOf(
  { teams, keys, clusterRole, binding, fence }: Standing,
  only: string | undefined,
): readonly string[] {
  const namespaces = [...teams, ...(keys === undefined ? [] : [keys])];
  if (only !== undefined) return teams.filter(({ name }) => name === only).map(inWords);
  return [
    ...namespaces.map(inWords),
    ...(clusterRole === 'ours' || binding === 'ours' ? [`the cluster role ${CLUSTER_ROLE}`] : []),
    ...(fence.policy === 'ours' || fence.binding === 'ours' ? [`the admission policy ${FENCE}`] : []),
  ];
}

function inWords({ name, ending }: Namespace): string {
  return `namespace ${name}${ending ? ', which is being removed' : ''}`;
}

function removingAll({ teams, keys, clusterRole, binding, fence }: Standing, c: Context): readonly Step[] {
  const { cluster } = c;
  return [
    ...(keys === undefined ? [] : removingNamespace(keys, c)),
    ...(binding === 'ours' ? [removing({ kind: 'clusterrolebinding', name: CLUSTER_ROLE }, cluster)] : []),
    ...(clusterRole === 'ours' ? [removing({ kind: 'clusterrole', name: CLUSTER_ROLE }, cluster)] : []),
    ...teams.flatMap((team) => removingNamespace(team, c)),
    // Nothing is made any more in a namespace that is being removed.
    ...(fence.binding === 'ours'
      ? [removing({ kind: 'validatingadmissionpolicybinding', name: FENCE }, cluster)]
      : []),
    ...(fence.policy === 'ours'
      ? [removing({ kind: 'validatingadmissionpolicy', name: FENCE }, cluster)]
      : []),
  ];
}

function removingOne(team: string, { teams }: Standing, c: Context): readonly Step[] {
  const found = teams.find(({ name }) => name === team);
  if (found === undefined) return [];
  const account = { kind: 'serviceaccount', namespace: KEYS_NAMESPACE, name: team };
  return [removing(account, c.cluster), ...removingNamespace(found, c)];
}

function removingNamespace({ name, ending }: Namespace, { cluster }: Context): readonly Step[] {
  if (ending) return [];
  return [
    {
      at: 'cluster',
      intent: `remove namespace ${name} with all that is in it`,
      command: beginToDelete(cluster.kubectl, { kind: 'namespace', name }),
    },
  ];
}
