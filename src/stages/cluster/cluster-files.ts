import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import type { Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';

/** Where this computer's kubeconfig of the room lies. */
export function kubeconfigFile(config: Config): string {
  return join(config.stateDir, 'kubeconfig');
}

/** Where the teacher finds Grafana's password. */
export function grafanaPasswordFile(config: Config): string {
  return join(config.stateDir, 'grafana-password');
}

/** With the cluster goes what opens it: once the parent is given back, these files on this computer open nothing. */
export const forgetCluster: Stage = {
  id: 'forget-cluster',
  title: 'Forget the keys of the cluster',
  after: ['give-back-parent'],
  on: 'parent',
  settleMs: 0,
  probe: async (m) => {
    const left = await filesHere(m.config);
    return left.length > 0 ? pending('its cluster is gone') : satisfied('there are none');
  },
  outline: (m) => keys(m.config).map((file) => `remove ${file} from this computer, if it is there`),
  apply: async (m) => {
    for (const file of await filesHere(m.config)) await rm(file, { force: true });
  },
};

function keys(config: Config): readonly string[] {
  return [kubeconfigFile(config), grafanaPasswordFile(config)];
}

async function filesHere(config: Config): Promise<readonly string[]> {
  const there = await Promise.all(
    keys(config).map((file) =>
      access(file).then(
        () => [file],
        () => [],
      ),
    ),
  );
  return there.flat();
}
