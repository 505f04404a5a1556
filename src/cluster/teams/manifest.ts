import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';
import { FENCE } from './fence.js';
import { CLUSTER_ROLE, KEYS_NAMESPACE } from './names.js';
import type { Share } from './share.js';

/** A team as it is to be in the cluster. */
export interface WantedTeam {
  readonly name: string;
  readonly share: Share;
}

/** What a cluster does of that which an object asks for. */
export interface Enforcement {
  /** Its network does what a NetworkPolicy says; where it does not there is none, since it would be believed. */
  readonly enforced: boolean;
  /** Its API server knows admission policies: see `Fence`. */
  readonly fenced: boolean;
}

/** Of a laptop's disk for each pod of a team: as much as all containers that say nothing may take. Twenty of them are 10 GiB of it. */
const DISK_OF_A_POD_MI = 512;

/**
 * Everything of the teams that lies in a cluster, but for their keys: equal for equal teams.
 *
 * @param owner the id of what they are made from: see OWNER_LABEL
 */
export async function teamsManifest(
  teams: readonly WantedTeam[],
  { enforced, fenced }: Enforcement,
  owner: string,
): Promise<string> {
  const [shared, fence, team, policy] = await Promise.all(
    ['cluster', 'fence', 'team', 'network-policy'].map((name) => readTemplate(`teams/${name}.yaml`)),
  );
  const keys = KEYS_NAMESPACE;
  return [
    renderTemplate(shared ?? '', { keys, role: CLUSTER_ROLE }),
    ...(fenced ? [renderTemplate(fence ?? '', { fence: FENCE })] : []),
    ...teams.flatMap(({ name, share }) => [
      renderTemplate(team ?? '', {
        team: name,
        keys,
        owner,
        ...share,
        pods: String(share.pods),
        disk: `${share.pods * DISK_OF_A_POD_MI}Mi`,
        containerDisk: `${DISK_OF_A_POD_MI}Mi`,
      }),
      ...(enforced ? [renderTemplate(policy ?? '', { team: name })] : []),
    ]),
  ].join('---\n');
}
