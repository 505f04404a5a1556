import { renderTemplate } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';

/** The manifest of flannel (namespace `kube-system`): VXLAN, UDP port 8472 between all machines. */
export async function flannelManifest(o: {
  readonly podSubnet: string;
  /** Folder on the machines from which containerd reads its CNI configuration. */
  readonly cniConf: string;
  /** Folder on the machines in which it looks for the plugins: flannel's is put there. */
  readonly cniBin: string;
  readonly image: string;
  /** Of the CNI plugin, which is copied onto the machines. */
  readonly pluginImage: string;
}): Promise<string> {
  return renderTemplate(await readTemplate('addons/flannel/flannel.yaml'), o);
}
