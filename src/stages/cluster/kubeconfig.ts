import { ENDPOINT_NAME } from '../../config/names.js';
import { PORTS } from '../../room/ports.js';
import type { Context, Stage } from '../../engine/stage.js';
import { here, pending, satisfied } from '../../engine/stage.js';
import { textOf } from '../../here/private-files.js';
import { reads } from '../../shell/command.js';

import { ADMIN_KUBECONFIG } from '../../tools/paths.js';
import { kubeconfigFile } from './cluster-files.js';
import { initParent } from './init-parent.js';

interface KubeconfigSeen {
  /** The text of the file on this computer. */
  readonly kept: string | undefined;
  readonly wanted: string;
}

/**
 * Keeps the cluster's kubeconfig as a file of its own beside kmon.yaml, 0600. The user's ~/.kube/config is neither read nor written:
 * `kubectl --kubeconfig .kmon/kubeconfig`.
 */
export const keepKubeconfig: Stage<KubeconfigSeen> = {
  id: 'kubeconfig',
  title: 'Keep the kubeconfig',
  after: here(initParent),
  on: 'parent',
  settleMs: 0,
  look: async (c) => ({ kept: await textOf(kubeconfigFile(c.config)), wanted: await wanted(c) }),
  foresee: () => ({ kept: undefined, wanted: '' }),
  judge: ({ kept, wanted: text }, c) =>
    kept === text ? satisfied(kubeconfigFile(c.config)) : pending('not on this computer yet'),
  steps: ({ wanted: text }, c) => [
    {
      at: 'here',
      intent: `write ${kubeconfigFile(c.config)} on this computer`,
      file: kubeconfigFile(c.config),
      content: () => text,
    },
  ],
};

/** The name of the control plane is known to the machines of the room only; from here the address is used, which its certificate holds. */
async function wanted(c: Context): Promise<string> {
  const { stdout } = await c.run.query(reads`cat ${ADMIN_KUBECONFIG}`);
  return stdout.replace(
    `https://${ENDPOINT_NAME}:${PORTS.apiServer.port}`,
    `https://${c.config.room.parent.address}:${PORTS.apiServer.port}`,
  );
}
