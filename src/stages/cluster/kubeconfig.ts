import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { MachineContext, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import { reads } from '../../shell/command.js';
import { ADMIN_KUBECONFIG } from '../../tools/paths.js';
import { kubeconfigFile } from './cluster-files.js';
import { ENDPOINT_NAME } from '../../config/names.js';
import { PORTS } from '../../room/ports.js';

/**
 * Keeps the cluster's kubeconfig as a file of its own beside kmon.yaml, 0600. The user's ~/.kube/config is neither read nor written:
 * `kubectl --kubeconfig .kmon/kubeconfig`.
 */
export const keepKubeconfig: Stage = {
  id: 'kubeconfig',
  title: 'Keep the kubeconfig',
  after: ['init-parent'],
  on: 'parent',
  settleMs: 0,
  probe: async (m) => {
    const here = await readFile(kubeconfigFile(m.config), 'utf8').catch(() => '');
    return here === (await wanted(m))
      ? satisfied(kubeconfigFile(m.config))
      : pending('not on this computer yet');
  },
  outline: (m) => [`write ${kubeconfigFile(m.config)} on this computer`],
  apply: async (m) => {
    await mkdir(m.config.stateDir, { recursive: true, mode: 0o700 });
    await writeFile(kubeconfigFile(m.config), await wanted(m), { mode: 0o600 });
  },
};

/** The name of the control plane is known to the machines of the room only; from here the address is used, which its certificate holds. */
async function wanted(m: MachineContext): Promise<string> {
  const { stdout } = await m.run.query(reads`cat ${ADMIN_KUBECONFIG}`);
  return stdout.replace(
    `https://${ENDPOINT_NAME}:${PORTS.apiServer.port}`,
    `https://${m.config.room.parent.address}:${PORTS.apiServer.port}`,
  );
}
