import type { Image } from '../../artifacts/artifact.js';
import { FLANNEL, FLANNEL_CNI_PLUGIN, published } from '../../artifacts/images.js';
import type { Config } from '../../config/config.js';
import type { Context, Stage } from '../../engine/stage.js';
import { onParent, pending, satisfied } from '../../engine/stage.js';
import { flannelManifest } from '../../render/flannel.js';
import { CONTAINERD } from '../../tools/containerd.js';
import { applyManifest, diffManifest } from '../../tools/kubectl.js';
import { kubectlOf } from './cluster.js';
import { initParent } from './init-parent.js';

/** flannel's DaemonSet, applied once; it sets the network up on every machine that joins. */
export const flannel: Stage<'not wanted' | 'missing' | 'there'> = {
  id: 'flannel',
  title: 'Apply flannel',
  after: onParent(initParent),
  on: 'cluster',
  settleMs: 10_000,
  look: async (c) => {
    if (!isWanted(c.config)) return 'not wanted';
    const diff = await c.run.query(diffManifest(kubectlOf(c), await manifest(c)));
    return diff.exitCode === 1 ? 'missing' : 'there';
  },
  foresee: ({ config }) => (isWanted(config) ? 'missing' : 'not wanted'),
  judge: (seen) => {
    if (seen === 'missing') return pending('flannel is not there');
    return satisfied(seen === 'there' ? 'applied' : 'the network is `routes`');
  },
  steps: (_, c) => [
    {
      at: 'cluster',
      intent: 'apply flannel',
      command: async () => applyManifest(kubectlOf(c), await manifest(c)),
    },
  ],
};

function isWanted(config: Config): boolean {
  return config.kubernetes.network === 'flannel';
}

/** What the supply has no image of is pulled from where it is published. */
function manifest({ config, supply }: Context): Promise<string> {
  const image = (wanted: Image): string => supply.image(wanted) ?? published(wanted);
  return flannelManifest({
    podSubnet: config.kubernetes.podSubnet,
    cniConf: CONTAINERD.cniConf,
    image: image(FLANNEL),
    pluginImage: image(FLANNEL_CNI_PLUGIN),
  });
}
