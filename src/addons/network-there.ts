import type { PodNetwork } from '../config/config.js';
import type { Reader } from '../runner/runner.js';
import { reads } from '../shell/command.js';
import { CONTAINERD } from '../tools/containerd.js';
import { AT_BOOT } from '../tools/pod-network.js';
import { VXLAN } from '../tools/vxlan.js';

/**
 * Which pod network kmon has set up on the parent, by the files that it keeps for the next start: they are there also while the network is not.
 * Only looks.
 *
 * @throws KmonError when the parent could not be asked, which is something else than that there is none
 */
export async function networkThere(parent: Reader): Promise<PodNetwork | undefined> {
  const { stdout } = await parent.query(
    reads`if [ -e ${CONTAINERD.cniConf}/10-flannel.conflist ]; then echo flannel
elif [ -e ${CONTAINERD.cniConf}/10-kmon.conflist ]; then
  if grep -qs -- ${VXLAN.device} ${AT_BOOT.folder}/10-here; then echo vxlan; else echo routes; fi
fi`,
  );
  return (['routes', 'vxlan', 'flannel'] as const).find((network) => network === stdout.trim());
}
