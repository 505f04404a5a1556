import { MANAGED_BY } from '../../cluster/teams/made-by.js';
import { ownerHere } from '../../cluster/owner.js';
import { lookAtStanding } from '../../cluster/teams/standing.js';
import type { Standing } from '../../cluster/teams/standing.js';
import { lookingStage, onParent, satisfied } from '../../engine/stage.js';
import { getQuotas } from '../../tools/kubectl.js';
import { parseQuotas } from '../../tools/namespaces.js';
import type { Quota } from '../../tools/namespaces.js';
import { clusterThere } from './cluster-there.js';
import { teamKeys } from './team-keys.js';

export interface TeamListSeen {
  readonly standing: Standing;
  readonly quotas: readonly Quota[];
}

/** The teams that are in the cluster, and how much of their part they use. */
export const lookAtTeams = lookingStage<TeamListSeen>({
  id: 'team-list',
  title: 'Look at the teams',
  after: onParent(clusterThere, teamKeys),
  on: 'cluster',
  look: async ({ cluster, config }) => ({
    standing: await lookAtStanding(cluster, ownerHere(config)),
    quotas: parseQuotas(await cluster.query(getQuotas(cluster.kubectl, `${MANAGED_BY}=kmon`))),
  }),
  judge: ({ standing: { teams } }) => satisfied(`${teams.length} ${teams.length === 1 ? 'team' : 'teams'}`),
});
