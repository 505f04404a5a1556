# shellcheck shell=bash
# The folder with Kubernetes' own tests: the program, its runner, the kubectl that some of them call, the archive of images, and the version
# that they are of.

# tests_folder: where they lie when they are built.
tests_folder() {
  printf '%s/tests/%s\n' "$CACHE" "$({ step_key e2e; step_key e2e-images; } | sha256sum | cut -c 1-16)"
}

# is_tests DIR
is_tests() {
  [[ -f $1/kubernetes && -x $1/e2e.test && -x $1/ginkgo && -x $1/kubectl && -f $1/e2e.tar ]]
}

# assemble_tests DIR: what says the version is written last.
assemble_tests() {
  check_sealed e2e e2e-images kubernetes
  rm -rf "${1:?}"
  place_all e2e "$1" e2e.test ginkgo images.txt
  place_all kubernetes "$1" kubectl
  place_all e2e-images "$1" e2e.tar e2e.tar.names
  printf '%s\n' "$KUBERNETES_VERSION" >"$1/kubernetes"
}
