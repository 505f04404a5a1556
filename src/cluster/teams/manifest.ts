import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import { CLUSTER_ROLE, KEYS_NAMESPACE } from './names.js';
import type { Share } from './share.js';

/** A team as it is to be in the cluster. */
export interface WantedTeam {
  readonly name: string;
  readonly share: Share;
}

/**
 * Everything of the teams that lies in a cluster, but for their keys: equal for equal teams.
 *
 * @param enforced whether the network of the cluster does what a NetworkPolicy says; where it does not there is none, since it would be believed
 */
export async function teamsManifest(teams: readonly WantedTeam[], enforced: boolean): Promise<string> {
  const [shared, team, policy] = await Promise.all(
    ['cluster', 'team', 'network-policy'].map((name) => readTemplate(`teams/${name}.yaml`)),
  );
  const keys = KEYS_NAMESPACE;
  return [
    renderTemplate(shared ?? '', { keys, role: CLUSTER_ROLE }),
    ...teams.flatMap(({ name, share }) => [
      renderTemplate(team ?? '', { team: name, keys, ...share, pods: String(share.pods) }),
      ...(enforced ? [renderTemplate(policy ?? '', { team: name })] : []),
    ]),
  ].join('---\n');
}
