import { diagnoseHeld, holdingBack } from '../../cluster/held-namespaces.js';
import { keptKubeconfigs, teamKubeconfig } from '../../cluster/teams/kubeconfig.js';
import { FENCE } from '../../cluster/teams/fence.js';
import { CLUSTER_ROLE, KEYS_NAMESPACE } from '../../cluster/teams/names.js';
import { ownerHere } from '../../cluster/owner.js';
import { howToAdopt, lookAtStanding, madeElsewhere } from '../../cluster/teams/standing.js';
import type { Standing } from '../../cluster/teams/standing.js';
import { typedFor } from '../../cluster/cluster-runner.js';
import type { Context, Stage } from '../../engine/stage.js';
import { onParent, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { isThere } from '../../here/private-files.js';
import { beginToDelete } from '../../tools/kubectl.js';
import type { Namespace } from '../../tools/namespaces.js';
import { removing } from './addon-parts.js';
import { clusterThere } from './cluster-there.js';

/**
 * Takes the teams away with all that is in their namespaces, or one of them: what kmon made from here, by its labels, also where kmon.yaml does not
 * name it any more, and the account also where its namespace is gone. Accounts and keys go first: from then on nothing that was handed out opens
 * anything, however long a namespace waits for its last pod.
 */
export function teamsRemoval(
  only?: string,
): readonly [Stage<Standing>, Stage<readonly string[]>, Stage<Standing>] {
  const accounts = takingAccounts(only);
  const keys = forgettingKeys(only, accounts);
  return [accounts, keys, removingNamespaces(only, accounts, keys)];
}

function takingAccounts(only: string | undefined): Stage<Standing> {
  return {
    id: 'remove-team-accounts',
    title: 'Take back the keys of the teams',
    after: onParent(clusterThere),
    on: 'cluster',
    settleMs: 30_000,
    look: lookFromHere,
    judge: (standing) => {
      const left = accountsLeft(standing, only);
      if (left.length > 0) return pending(`there is ${left.join(', ')}`);
      return satisfied(only === undefined ? 'no account is left' : `team ${only} has no account`);
    },
    steps: (standing, c) => {
      if (!sharedGoes(standing, only))
        return accountsOf(standing, only).map((name) =>
          removing({ kind: 'serviceaccount', namespace: KEYS_NAMESPACE, name }, c.cluster),
        );
      const { keys, binding, clusterRole } = standing;
      return [
        ...(keys === undefined ? [] : removingNamespace(keys, c)),
        ...(binding === 'ours'
          ? [removing({ kind: 'clusterrolebinding', name: CLUSTER_ROLE }, c.cluster)]
          : []),
        ...(clusterRole === 'ours' ? [removing({ kind: 'clusterrole', name: CLUSTER_ROLE }, c.cluster)] : []),
      ];
    },
  };
}

function lookFromHere({ cluster, config }: Context): Promise<Standing> {
  return lookAtStanding(cluster, ownerHere(config));
}

/** What all teams share goes with the last of them, wherever that was made. */
function sharedGoes({ elsewhere }: Standing, only: string | undefined): boolean {
  return only === undefined && elsewhere.length === 0;
}

function accountsOf({ accounts }: Standing, only: string | undefined): readonly string[] {
  return only === undefined ? accounts : accounts.filter((name) => name === only);
}

/** Accounts and what all share that are there yet, in words. */
function accountsLeft(standing: Standing, only: string | undefined): readonly string[] {
  const { keys, clusterRole, binding } = standing;
  if (!sharedGoes(standing, only))
    return accountsOf(standing, only).map((name) => `an account of team ${name}`);
  return [
    ...(keys === undefined ? [] : [inWords(keys)]),
    ...(clusterRole === 'ours' || binding === 'ours' ? [`the cluster role ${CLUSTER_ROLE}`] : []),
  ];
}

function forgettingKeys(only: string | undefined, accounts: Stage<Standing>): Stage<readonly string[]> {
  return {
    id: 'forget-team-keys',
    title: 'Forget the keys of the teams',
    after: onParent(accounts),
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

function removingNamespaces(
  only: string | undefined,
  ...before: readonly [Stage<Standing>, Stage<readonly string[]>]
): Stage<Standing> {
  const going = ({ teams }: Standing): readonly Namespace[] =>
    only === undefined ? teams : teams.filter(({ name }) => name === only);
  const names = async (c: Context): Promise<readonly string[]> =>
    going(await lookFromHere(c)).map(({ name }) => name);
  const again = ({ cluster }: Context): string =>
    `run \`${typedFor(cluster, only === undefined ? 'kmon teams remove' : `kmon teams remove ${only}`)}\` again`;
  return {
    id: 'remove-teams',
    title: 'Take the teams away',
    after: onParent(...before),
    on: 'cluster',
    // A pod has half a minute to end, and a namespace waits for its last one.
    settleMs: 120_000,
    look: lookFromHere,
    judge: (standing, { cluster }) => {
      const left = [
        ...going(standing).map(inWords),
        ...(fenceGoes(standing, only) ? [`the admission policy ${FENCE}`] : []),
      ];
      if (left.length > 0) return pending(`there is ${left.join(', ')}`);
      const none = only === undefined ? 'there are none of kmon' : `there is no team ${only} of kmon`;
      const { elsewhere } = standing;
      return satisfied(
        elsewhere.length === 0
          ? none
          : `${none} from here; ${madeElsewhere(elsewhere)} (${howToAdopt(cluster)})`,
      );
    },
    // The policy goes last: nothing is made any more in a namespace that is being removed.
    steps: (standing, c) => [
      ...going(standing).flatMap((namespace) => removingNamespace(namespace, c)),
      ...(fenceGoes(standing, only) ? removingFence(standing, c) : []),
    ],
    hindrance: async (c) => holdingBack(c, await names(c), again(c)),
    diagnose: async (because, c) => diagnoseHeld(c, await names(c), again(c), because),
  };
}

/** The policy is of all teams, as their cluster role is. */
function fenceGoes(standing: Standing, only: string | undefined): boolean {
  const { policy, binding } = standing.fence;
  return sharedGoes(standing, only) && (policy === 'ours' || binding === 'ours');
}

function removingFence({ fence }: Standing, { cluster }: Context): readonly Step[] {
  return [
    ...(fence.binding === 'ours'
      ? [removing({ kind: 'validatingadmissionpolicybinding', name: FENCE }, cluster)]
      : []),
    ...(fence.policy === 'ours'
      ? [removing({ kind: 'validatingadmissionpolicy', name: FENCE }, cluster)]
      : []),
  ];
}

function inWords({ name, ending }: Namespace): string {
  return `namespace ${name}${ending ? ', which is being removed' : ''}`;
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
