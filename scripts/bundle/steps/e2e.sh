# shellcheck shell=bash
# Kubernetes' own end-to-end tests, the runner that has several of them going at once, and the programs of the images that they run.

readonly E2E_MODULE=conformance-$KUBERNETES
readonly E2E_PROGRAMS=(
  github.com/onsi/ginkgo/v2/ginkgo k8s.io/kubernetes/test/images/agnhost k8s.io/kubernetes/test/images/nonewprivs k8s.io/sample-apiserver
)

inputs_e2e() {
  go_inputs "$E2E_MODULE"
}

make_e2e() {
  local version
  version=$(pinned "$E2E_MODULE" k8s.io/kubernetes)
  [[ $version == "$KUBERNETES_VERSION" ]] ||
    die "the tests are of Kubernetes $version, the programs of $KUBERNETES_VERSION" "pin the same in go/$E2E_MODULE and go/$KUBERNETES_MODULE"
  go_build "$E2E_MODULE" "$1/" -ldflags '-s -w' "${E2E_PROGRAMS[@]}"
  (cd "$BUNDLE_SCRIPTS/go/$E2E_MODULE" &&
    go_here test -c -vet=off -mod=readonly -trimpath -buildvcs=false -gcflags=all=-dwarf=false \
      -ldflags "-s -w $(version_stamps)" -o "$1/e2e.test" k8s.io/kubernetes/test/e2e)
  # The images that the tests may ask for, by name: nothing has to know them by heart.
  "$1/e2e.test" --list-images >"$1/images.txt"
  (cd "$(go_here -C "$BUNDLE_SCRIPTS/go/$E2E_MODULE" list -m -f '{{.Dir}}' k8s.io/kubernetes)/test/images" &&
    install -D -m 0644 -t "$1/files/agnhost" agnhost/porter/localhost.{crt,key} &&
    for animal in kitten nautilus; do install -D -m 0644 -t "$1/files/$animal" "$animal/html"/*; done)
  seal "$1"
}
