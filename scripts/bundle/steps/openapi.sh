# shellcheck shell=bash
# The API server imports code that upstream generates while it builds. Only that code is generated, by the source's own
# makefile, and kept, so that it goes into any unpacked tree.

inputs_openapi() {
  step_key source
  printf '%s\n' "$GO_PACKAGE"
}

make_openapi() {
  local tree file
  tree=$(output_of source)/$KUBERNETES_PATH
  install_packages "$GO_PACKAGE" make gcc libc6-dev rsync
  go_environment
  # Without the version the makefile asks git, and there is no repository here.
  make -C "$tree" gen_openapi KUBE_GIT_VERSION="$KUBERNETES_VERSION" KUBE_GIT_COMMIT=debian KUBE_GIT_TREE_STATE=archive
  (cd "$tree" && find pkg staging -name zz_generated.openapi.go) | while read -r file; do
    install -D -m 0644 "$tree/$file" "$1/$file"
  done
  [[ -f $1/pkg/generated/openapi/zz_generated.openapi.go ]]
}
