import { renderTemplate } from './render.js';
import { readTemplate } from './templates.js';

/** The manifest of flannel (namespace `kube-system`): VXLAN, UDP port 8472 between all machines. */
export async function flannelManifest(o: {
  readonly podSubnet: string;
  /** Folder on the machines from which containerd reads its CNI configuration. */
  readonly cniConf: string;
}): Promise<string> {
  return renderTemplate(await readTemplate('cni/flannel.yaml'), o);
}
