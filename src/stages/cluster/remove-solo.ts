import { ADDONS } from '../../addons/index.js';
import { keptKubeconfigs } from '../../cluster/teams/kubeconfig.js';
import { roomIdFile } from '../../config/room-id.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, pending, satisfied } from '../../engine/stage.js';
import type { FileStep, Step } from '../../engine/step.js';
import { isThere } from '../../here/private-files.js';
import { deletion, lookAtSolo, notOurs, ownOf, underWay } from './solo-standing.js';
import type { SoloSeen } from './solo-standing.js';

interface RemovalSeen extends SoloSeen {
  /** What opens the cluster, and what was written for it, as far as it is there. */
  readonly files: readonly string[];
}

/** Takes the cluster of `kmon solo` away, and what is on this computer of it; proven by its tool, which knows of none then. */
export const removeSolo: Stage<RemovalSeen> = {
  id: 'remove-solo',
  title: 'Take the cluster on this computer away',
  after: [],
  on: 'cluster',
  settleMs: 60_000,
  look: async (c) => ({ ...(await lookAtSolo(c)), files: await filesOf(c) }),
  judge: (seen, c) => {
    const own = ownOf(c);
    if (seen.standing === 'others') return blocked(notOurs(own));
    if (seen.standing === 'busy') return blocked(underWay(own, seen.record));
    if (seen.standing !== 'absent') return pending(`${own.name} is there`);
    return seen.files.length > 0
      ? pending(`${own.tool} has no cluster ${own.name} any more, and its files are there`)
      : satisfied(`${own.tool} has no cluster ${own.name}`);
  },
  steps: (seen, c) => {
    const own = ownOf(c);
    const cluster: readonly Step[] =
      seen.standing === 'absent'
        ? []
        : [
            {
              at: 'cluster',
              intent: `delete the cluster ${own.name} with ${own.tool}, and all that is on it`,
              command: deletion(own),
            },
          ];
    const files = seen.files.map((file): FileStep => ({
      at: 'here',
      intent: `remove ${file} from this computer`,
      file,
    }));
    return [...cluster, ...files];
  },
};

/** The record last: until then the removal can go on where it was stopped. */
async function filesOf(c: Context): Promise<readonly string[]> {
  const own = ownOf(c);
  const kept = ADDONS.flatMap((addon) => addon.keeps?.(c.config) ?? []);
  const teams = await keptKubeconfigs(c.config);
  const keys = [own.kubeconfig, own.description, ...kept, ...teams, roomIdFile(c.config.stateDir)];
  const all = [...new Set([...keys, own.record])];
  const there = await Promise.all(all.map(async (file) => ((await isThere(file)) ? [file] : [])));
  return there.flat();
}
