# shellcheck shell=bash
# The program that holds a pod's namespaces, from the source of Kubernetes, static as its image has nothing else.

inputs_pause() {
  go_inputs "$KUBERNETES_MODULE"
}

make_pause() {
  local source
  install_packages gcc libc6-dev
  go_here -C "$BUNDLE_SCRIPTS/go/$KUBERNETES_MODULE" mod download k8s.io/kubernetes
  source=$(go_here -C "$BUNDLE_SCRIPTS/go/$KUBERNETES_MODULE" list -m -f '{{.Dir}}' k8s.io/kubernetes)
  gcc -Os -Wall -Werror -static -s -DVERSION=lab -o "$1/pause" "$source/build/pause/linux/pause.c"
  seal "$1"
}
