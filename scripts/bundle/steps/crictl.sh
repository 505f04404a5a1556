# shellcheck shell=bash
# For a person who looks into a machine: what runs there, and what it says.

CRICTL_VERSION=$(pinned clients sigs.k8s.io/cri-tools)
readonly CRICTL_VERSION

inputs_crictl() {
  go_inputs clients
}

make_crictl() {
  go_build clients "$1/crictl" -ldflags "-s -w -X sigs.k8s.io/cri-tools/pkg/version.Version=$CRICTL_VERSION" \
    sigs.k8s.io/cri-tools/cmd/crictl
  seal "$1"
}
