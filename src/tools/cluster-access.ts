/**
 * How kubectl and helm get at a cluster. `kubeconfig`: by that file alone (absolute path), so that the owner's own is neither used nor
 * changed. `context`: by that context of the user's own kubeconfig, as the user would; for programs of this computer only. `file`: the context is in
 * this one instead (absolute path).
 */
export type ClusterAccess =
  { readonly kubeconfig: string } | { readonly context: string; readonly file?: string };
