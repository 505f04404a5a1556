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

/** As the supply puts them there: in kmon's own folder, or where Debian puts programs. */
export function toolPaths({ programFolder: folder }: { readonly programFolder: string }): ToolPaths {
  return {
    folder,
    kubeadm: `${folder}/kubeadm`,
    kubelet: `${folder}/kubelet`,
    kubectl: `${folder}/kubectl`,
    helm: `${folder}/helm`,
  };
}
