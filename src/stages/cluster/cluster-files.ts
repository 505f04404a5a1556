import { join } from 'node:path';
import { ADDONS } from '../../addons/index.js';
import { keptKubeconfigs } from '../../cluster/teams/kubeconfig.js';
import type { Config } from '../../config/config.js';
import type { Stage } from '../../engine/stage.js';
import { here, pending, satisfied } from '../../engine/stage.js';
import { isThere } from '../../here/private-files.js';
import { giveParentBack } from '../machine/give-back.js';

/** Where this computer's kubeconfig of the room lies. */
export function kubeconfigFile(config: Config): string {
  return join(config.stateDir, 'kubeconfig');
}

/** With the cluster goes what opens it: once the parent is given back, these files on this computer open nothing. */
export const forgetCluster: Stage<readonly string[]> = {
  id: 'forget-cluster',
  title: 'Forget the keys of the cluster',
  after: here(giveParentBack),
  on: 'parent',
  settleMs: 0,
  look: ({ config }) => filesHere(config),
  judge: (left) => (left.length > 0 ? pending('its cluster is gone') : satisfied('there are none')),
  steps: (left) => left.map((file) => ({ at: 'here', intent: `remove ${file} from this computer`, file })),
};

function keys(config: Config): readonly string[] {
  // Whatever the monitoring is, its password lies in one place.
  return [...new Set([kubeconfigFile(config), ...ADDONS.flatMap((addon) => addon.keeps?.(config) ?? [])])];
}

async function filesHere(config: Config): Promise<readonly string[]> {
  const teams = await keptKubeconfigs(config);
  const all = await Promise.all(
    [...keys(config), ...teams].map(async (file) => ((await isThere(file)) ? [file] : [])),
  );
  return all.flat();
}
