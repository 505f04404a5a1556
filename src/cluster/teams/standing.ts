import { KmonError } from '../../errors/kmon-error.js';
import { apiPath, getNamespaces, getServiceAccounts } from '../../tools/kubectl.js';
import { itemsOf } from '../../tools/kubernetes-objects.js';
import { parseNamespaces } from '../../tools/namespaces.js';
import type { Namespace } from '../../tools/namespaces.js';
import { typedFor } from '../cluster-runner.js';
import { OWNER_LABEL, ownerInWords } from '../owner.js';
import type { ClusterReader } from '../cluster-runner.js';
import { FENCE, lookAtFence } from './fence.js';
import type { Fence } from './fence.js';
import { isOurs, MANAGED_BY, ownerOf } from './made-by.js';
import type { Owner } from './made-by.js';
import { CLUSTER_ROLE, KEYS_NAMESPACE, TEAM_LABEL } from './names.js';

/** A team that kmon has made from another computer, or from a folder that is lost. */
export interface TeamElsewhere {
  readonly name: string;
  /** What `--adopt` takes; absent: it says none. */
  readonly owner?: string;
}

/** What of the teams is in a cluster, whatever kmon.yaml says now. */
export interface Standing {
  /** Those that kmon made from here, by their namespaces. */
  readonly teams: readonly Namespace[];
  /** Those of which an account was made from here, whether or not their namespaces are there. */
  readonly accounts: readonly string[];
  /** Those that kmon made from elsewhere, by namespace or account: to everybody here they are somebody else's. */
  readonly elsewhere: readonly TeamElsewhere[];
  /** The namespace of their accounts, where it is kmon's. Like the cluster role it is of all who have teams there. */
  readonly keys?: Namespace;
  /** `ours`: kmon made it. */
  readonly clusterRole: Owner;
  readonly binding: Owner;
  readonly fence: Fence;
  /** Every namespace that kmon made for no team. */
  readonly others: readonly Namespace[];
}

/** Only looks. `owner`: the id of what is here; absent: it has none yet, so nothing is ours. */
export async function lookAtStanding(cluster: ClusterReader, owner: string | undefined): Promise<Standing> {
  const namespaces = parseNamespaces(await cluster.query(getNamespaces(cluster.kubectl)));
  const keys = namespaces.find((n) => n.name === KEYS_NAMESPACE && isOurs(n.labels));
  const made = namespaces.filter((n) => isOurs(n.labels) && n.labels[TEAM_LABEL] === n.name);
  const accounts = keys === undefined ? [] : await teamAccounts(cluster);
  const fromHere = ({ labels }: Labelled): boolean => owner !== undefined && labels[OWNER_LABEL] === owner;
  const elsewhere = [...made, ...accounts].filter((one) => !fromHere(one));
  return {
    teams: made.filter(fromHere),
    accounts: accounts.filter(fromHere).map(({ name }) => name),
    elsewhere: [...new Map(elsewhere.map((one) => [one.name, teamElsewhere(one)])).values()],
    ...(keys === undefined ? {} : { keys }),
    clusterRole: await ownerOfRole(cluster, 'clusterroles'),
    binding: await ownerOfRole(cluster, 'clusterrolebindings'),
    fence: await lookAtFence(cluster),
    others: namespaces.filter((n) => n !== keys && !made.includes(n)),
  };
}

interface Labelled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

async function teamAccounts(cluster: ClusterReader): Promise<readonly Labelled[]> {
  const asked = getServiceAccounts(cluster.kubectl, KEYS_NAMESPACE, `${MANAGED_BY}=kmon`);
  return itemsOf(await cluster.query(asked), 'accounts').map((item) => ({
    name: item.at('metadata', 'name').text ?? '',
    labels: item.at('metadata', 'labels').texts,
  }));
}

function teamElsewhere({ name, labels }: Labelled): TeamElsewhere {
  const owner = labels[OWNER_LABEL];
  return { name, ...(owner === undefined ? {} : { owner }) };
}

/** Every team that kmon made from here, by namespace or account. */
export function teamsFromHere({ teams, accounts }: Standing): readonly string[] {
  return [...new Set([...teams.map(({ name }) => name), ...accounts])];
}

/** Says of teams that they are somebody else's, with the id of each: "team red (kmon/owner: 7e57…)". */
export function madeElsewhere(elsewhere: readonly TeamElsewhere[]): string {
  const each = elsewhere.map(({ name, owner }) => `${name} (${ownerInWords(owner)})`);
  return `made from another computer or folder: team ${each.join(', ')}`;
}

/** What to do about teams of elsewhere where they are one's own after all. */
export function howToAdopt(cluster: { readonly context?: string | undefined }): string {
  const { context } = cluster;
  return context === undefined
    ? 'they stay as they are'
    : `if you made them, and their .kmon folder is lost: \`${typedFor({ context }, 'kmon teams')} --adopt ID\`, with the id of that label, takes them over`;
}

/** An API server without roles has none of anybody. */
async function ownerOfRole(cluster: ClusterReader, plural: string): Promise<Owner> {
  const path = apiPath('apis', 'rbac.authorization.k8s.io', 'v1', plural, CLUSTER_ROLE);
  const owner = await ownerOf(cluster, path);
  return owner === 'unserved' ? 'absent' : owner;
}

/** What somebody else has that these teams would need; nothing of it is touched. `undefined`: nothing is in the way. */
export function inTheWayOf(
  teams: readonly string[],
  standing: Standing,
  cluster: { readonly context?: string | undefined },
): KmonError | undefined {
  const wanted = [...teams, KEYS_NAMESPACE];
  const taken = standing.others.filter(({ name }) => wanted.includes(name)).map(({ name }) => name);
  const elsewhere = standing.elsewhere.filter(({ name }) => wanted.includes(name));
  if (elsewhere.length > 0)
    return new KmonError('precondition', madeElsewhere(elsewhere), {
      hint: `give the team another name in kmon.yaml; ${howToAdopt(cluster)}; nothing was changed`,
    });
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
