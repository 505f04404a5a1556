import type { Config } from '../../config/config.js';
import type { Stage } from '../../engine/stage.js';
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
    const diff = await c.run.query(diffManifest(kubectlOf(c), await manifest(c.config)));
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
      command: async () => applyManifest(kubectlOf(c), await manifest(c.config)),
    },
  ],
};

function isWanted(config: Config): boolean {
  return config.kubernetes.network === 'flannel';
}

function manifest(config: Config): Promise<string> {
  return flannelManifest({ podSubnet: config.kubernetes.podSubnet, cniConf: CONTAINERD.cniConf });
}
