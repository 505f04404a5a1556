import { FLANNEL, FLANNEL_CNI_PLUGIN } from '../../artifacts/images.js';
import { pluginFolder } from '../../artifacts/plugin-folder.js';
import type { Context } from '../../engine/context.js';
import { CONTAINERD } from '../../tools/containerd.js';
import type { Addon } from '../addon.js';
import { flannelManifest } from './manifest.js';

/** The pod network `flannel`: a DaemonSet, applied once; it sets the network up on every machine that joins. */
export const flannel: Addon = {
  id: 'flannel',
  title: 'Apply flannel',
  group: 'network',
  notWanted: ({ kubernetes: { network } }) =>
    network === 'flannel' ? undefined : `the network is \`${network}\``,
  needs: [FLANNEL, FLANNEL_CNI_PLUGIN],
  install: (c) => [{ kind: 'objects', name: 'flannel', manifest: () => manifest(c) }],
  // Whether it works is what the nodes say: without it none is Ready.
  proofs: [],
  settleMs: 10_000,
  ports: ['overlay'],
  explain: {
    en: 'flannel gives every pod an address that all machines know. A small program on each machine packs what goes to another machine into UDP packets (VXLAN), so that the room needs to know nothing of pods.',
    fr: "flannel donne à chaque pod une adresse connue de toutes les machines. Un petit programme sur chacune emballe ce qui part vers une autre dans des paquets UDP (VXLAN) : le réseau de la salle n'a pas à connaître les pods.",
  },
};

function manifest({ config, supply }: Context): Promise<string> {
  return flannelManifest({
    podSubnet: config.kubernetes.podSubnet,
    cniConf: CONTAINERD.cniConf,
    cniBin: pluginFolder(supply, 'flannel'),
    image: supply.indispensable(FLANNEL),
    pluginImage: supply.indispensable(FLANNEL_CNI_PLUGIN),
  });
}
