import { enforcerOf } from '../../cluster/teams/enforcers.js';
import { teamsManifest } from '../../cluster/teams/manifest.js';
import type { WantedTeam } from '../../cluster/teams/manifest.js';
import { wantedTeams } from '../../cluster/teams/names.js';
import { ownerHere } from '../../cluster/owner.js';
import { shareOf } from '../../cluster/teams/share.js';
import { uncountedChildren } from '../../cluster/teams/uncounted.js';
import type { UncountedChild } from '../../cluster/teams/uncounted.js';
import { inTheWayOf, lookAtStanding } from '../../cluster/teams/standing.js';
import { applyObjects, objectsDiffer } from '../../cluster/objects.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, onParent, pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { getNodes } from '../../tools/kubectl.js';
import { parseNodeSizes, processors } from '../../tools/node-sizes.js';
import { parseNodes } from '../../tools/kubernetes-objects.js';
import { clusterThere } from './cluster-there.js';
import { keepingId } from './keep-id.js';

export interface TeamsSeen {
  readonly refused?: KmonError;
  readonly teams: readonly WantedTeam[];
  /** What makes a NetworkPolicy true in this cluster; absent: nothing does, and there is no policy. */
  readonly enforcer?: string;
  /** Whether its API server can turn down pods and services for what they are; where not, nothing does. */
  readonly fenced: boolean;
  readonly manifest: string;
  readonly differs: boolean;
  /** The children of teams that are no part of what is shared. */
  readonly uncounted: readonly UncountedChild[];
}

/** A namespace for each team, with what keeps it within its part and the others out. What kmon did not make is never taken over. */
export const makeTeams: Stage<TeamsSeen> = {
  id: 'teams',
  title: 'Make the teams',
  after: onParent(clusterThere),
  on: 'cluster',
  settleMs: 10_000,
  look: lookAtWanted,
  judge: ({ refused, differs, teams }) => {
    if (refused !== undefined) return blocked(refused);
    const names = teams.map(({ name }) => name).join(', ');
    return differs ? pending(`not all of ${names} is as it should be`) : satisfied(names);
  },
  steps: ({ teams, manifest, enforcer }, c) => [
    ...keepingId(c),
    {
      at: 'cluster',
      intent: `apply the teams ${teams.map(inWords).join(', ')}${enforcer === undefined ? '' : ', with a network policy each'}`,
      command: applyObjects(c.cluster, manifest),
    },
  ],
};

function inWords({ name, share: { cpu, memory, pods } }: WantedTeam): string {
  return `${name} (${processors(cpu)} CPU, ${memory}, ${pods} pods)`;
}

async function lookAtWanted(c: Context): Promise<TeamsSeen> {
  const { cluster, config } = c;
  const names = wantedTeams(config);
  const owner = ownerHere(config);
  if (owner === undefined) throw new KmonError('bug', 'teams are to be made, and have no id to bear');
  const standing = await lookAtStanding(cluster, owner);
  const fenced = standing.fence.served;
  const nothing = { teams: [], fenced, manifest: '', differs: false, uncounted: [] };
  const refused = inTheWayOf(names, standing, cluster);
  if (refused !== undefined) return { ...nothing, refused };
  const told = await cluster.query(getNodes(cluster.kubectl));
  const known = parseNodes(told);
  const nodes = parseNodeSizes(told).filter(({ name }) =>
    known.some((node) => node.name === name && node.state === 'ready'),
  );
  const teams: WantedTeam[] = [];
  for (const name of names) {
    const share = shareOf(name, { nodes, teams: names, config: config.teams });
    if (share === undefined) return { ...nothing, refused: nothingToShare() };
    teams.push({ name, share });
  }
  const enforcer = await enforcerOf(cluster);
  const manifest = await teamsManifest(teams, { enforced: enforcer !== undefined, fenced }, owner);
  const differs = await objectsDiffer(cluster, manifest);
  const uncounted = uncountedChildren(config.room.children, known);
  return { teams, fenced, manifest, differs, uncounted, ...(enforcer === undefined ? {} : { enforcer }) };
}

function nothingToShare(): KmonError {
  return new KmonError(
    'precondition',
    'no machine of the cluster takes pods yet: there is nothing that teams could share',
    {
      hint: 'run `kmon join-child` first, or say what a team gets in kmon.yaml: teams: {cpu: 2, memory: 2Gi, pods: 20}',
    },
  );
}
