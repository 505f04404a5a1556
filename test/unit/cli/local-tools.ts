/**
 * Stand-ins of kind and minikube: they keep what they were told, a line a call, and make nothing but a kubeconfig. Once, what matches the
 * words in the file `fail` fails; with `down` they cannot ask docker.
 */
const BEGIN = (tool: string): string => `#!/bin/sh
echo "${tool} $*" >>"$STATE/calls"
[ -n "$KUBECONFIG" ] && echo "KUBECONFIG=$KUBECONFIG" >>"$STATE/environment"
if [ -e "$STATE/fail" ]; then case "${tool} $*" in *"$(cat "$STATE/fail")"*)
  rm "$STATE/fail"; echo 'ERROR: the test wants it so' >&2; exit 1 ;;
esac; fi
[ -e "$STATE/down" ] && { echo 'ERROR: failed to list clusters: Cannot connect to the Docker daemon. Is the docker daemon running?' >&2; exit 1; }
after() { while [ "$1" != "$word" ]; do shift; done; echo "$2"; }
gone() { rm -f "$STATE/release" "$STATE/name" "$STATE/secret" "$STATE/values.json"; }
`;

export const KIND = `${BEGIN('kind')}
clusters="$STATE/kind-clusters"
kubeconfig() { printf 'clusters:\\n- cluster:\\n    certificate-authority-data: %s\\n' "$(cat "$STATE/authority" 2>/dev/null || echo QUJD)"; }
case "$*" in
  'get clusters') if [ -s "$clusters" ]; then cat "$clusters"; else echo 'No kind clusters found.' >&2; fi ;;
  'get kubeconfig '*) [ -e "$STATE/stopped" ] && { echo 'ERROR: container is not running' >&2; exit 1; }; kubeconfig ;;
  'create cluster '*)
    word=--name; name=$(after "$@"); word=--config; cp "$(after "$@")" "$STATE/description" || exit 1
    [ -s "$clusters" ] && { echo 'ERROR: failed to create cluster: node(s) already exist for a cluster with the name' >&2; exit 1; }
    echo "$name" >"$clusters"; word=--kubeconfig; kubeconfig >"$(after "$@")" ;;
  'export kubeconfig '*) word=--kubeconfig; kubeconfig >"$(after "$@")" ;;
  'delete cluster '*) rm -f "$clusters"; gone ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
`;

export const MINIKUBE = `${BEGIN('minikube')}
profile="$STATE/profile"
case "$*" in
  'profile list --output json')
    if [ -e "$profile" ]; then
      printf '{"invalid":[],"valid":[{"Name":"kmon-solo","Config":{"KubernetesConfig":{"ExtraOptions":[{"Component":"kubelet","Key":"node-labels","Value":"%s"}]}}}]}' "$(cat "$profile")"
    else printf '{"invalid":[],"valid":[]}'; fi ;;
  'start '*) word=--extra-config; label=$(after "$@"); echo "\${label#kubelet.node-labels=}" >"$profile"; rm -f "$STATE/gone"; echo made >"$KUBECONFIG" ;;
  'delete '*) rm -f "$profile"; gone ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
`;
