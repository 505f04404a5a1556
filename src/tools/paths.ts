import { KMON_FOLDER } from '../config/names.js';

/** Programs of a bundle. Not there when packages bring them. */
export const KMON_BIN = `${KMON_FOLDER}/bin`;
/** CNI plugins of a bundle: apart from the programs, since they have names such as `bridge` that mean others on a PATH. */
export const KMON_CNI = `${KMON_FOLDER}/cni`;
/** kmon's own configuration on a machine. */
export const KMON_CONFIG = '/etc/kmon';
/** The kubeconfig that kubeadm writes on the parent; named in every kubectl and helm call, so that the owner's is never read. */
export const ADMIN_KUBECONFIG = '/etc/kubernetes/admin.conf';

/** Where the programs lie on a machine. Full paths: an owner's kubectl that comes first on PATH is never called. */
export interface ToolPaths {
  readonly folder: string;
  readonly kubeadm: string;
  readonly kubelet: string;
  readonly kubectl: string;
  readonly helm: string;
}

/**
 * From a bundle the tools lie in kmon's own folder, from packages where Debian puts programs. The bundle itself need not be at hand: a
 * teardown works without the stick it came on.
 */
export function toolPaths(config: { readonly bundle?: string }): ToolPaths {
  const folder = config.bundle === undefined ? '/usr/bin' : KMON_BIN;
  return {
    folder,
    kubeadm: `${folder}/kubeadm`,
    kubelet: `${folder}/kubelet`,
    kubectl: `${folder}/kubectl`,
    helm: `${folder}/helm`,
  };
}
